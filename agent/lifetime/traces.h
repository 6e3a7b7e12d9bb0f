/* SPDX-License-Identifier: BSD-2-Clause */
/* What else on the host tells of its life: its events, the notes of its boots, its files. Reaches
 * event_store.h, host_clock.h, file.h, json_read.h. */
#ifndef BREAKGLASS_AGENT_TRACES_H
#define BREAKGLASS_AGENT_TRACES_H

#include "breakglass/event_store.h"

struct traces {
  bool any_event;            /* on disk, on its way there, or one that cannot be read */
  bool earlier_boot;         /* one is not known to be of this boot */
  bool fresh;                /* one says that the host is new */
  bool tainted;              /* run/tainted is up */
  enum bg_level aged;        /* the highest level that one gives the host for its age */
  int64_t oldest_event_time; /* Unix seconds; 0: there is none */
};
/* Reads all events. A time before this software was built is none. BG_ERR_IO, BG_ERR_UNSAFE of
 * bg_events_each(). */
BG_MUST_USE enum bg_error traces_of_events(const char *boot_id, struct traces *ret_traces);

/* Whether this boot is the one in which the store of events was made, as `breakglass boot` has
 * noted on disk. */
bool traces_first_boot(const char *boot_id);

/* When the oldest file that the host itself has written was written last, Unix seconds; 0 if there
 * is none that is not older than this software. */
int64_t traces_oldest_file(void);

#endif
