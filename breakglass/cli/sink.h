/* SPDX-License-Identifier: BSD-2-Clause */
/* Where events are delivered to: at least once, in order, each sink with a
 * cursor of its own. */
#ifndef BREAKGLASS_CLI_SINK_H
#define BREAKGLASS_CLI_SINK_H

#include "breakglass/event_store.h"

struct sink {
  const char *name;    /* of its cursor, and for people */
  const char *program; /* exec only: its path */
  /* True once the sink has the event; false says why on standard error. */
  bool (*deliver)(const struct sink *sink, const struct bg_stored_event *event);
};

bool sink_journal_deliver(const struct sink *sink, const struct bg_stored_event *event);
bool sink_exec_deliver(const struct sink *sink, const struct bg_stored_event *event);
/* Delivers to each program of the folder of sinks; an exit code of cli.h. */
int sink_exec_each(int (*deliver)(const struct sink *sink));

/* Delivers what each sink has not got yet; an exit code of cli.h. */
int sinks_deliver(void);

#endif
