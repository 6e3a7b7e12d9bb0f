/* SPDX-License-Identifier: BSD-2-Clause */
/* Where events are delivered to: at least once, in order, each sink with a
 * cursor of its own. */
#ifndef BREAKGLASS_CLI_SINK_H
#define BREAKGLASS_CLI_SINK_H

#include "breakglass/program.h"
#include "event_view.h"

struct sink;
/* True once the sink has the event, of which view is what it says; false says why on standard
 * error. */
typedef bool sink_deliver_fn(const struct sink *sink, const struct bg_stored_event *event,
                             const struct event_view *view);

struct sink {
  const char *name;                 /* of its cursor, and for people */
  const struct bg_program *program; /* exec only */
  sink_deliver_fn *deliver;
};

sink_deliver_fn sink_journal_deliver;
sink_deliver_fn sink_exec_deliver;
/* Delivers to each program of the folder of sinks, up to the event `last`; an exit code of cli.h.
 */
int sink_exec_each(int (*deliver)(const struct sink *sink, int64_t last), int64_t last);

/* Delivers what each sink has not got yet; an exit code of cli.h. */
int sinks_deliver(void);

#endif
