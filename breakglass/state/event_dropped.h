/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of the events whose files were given up: docs/PROTOCOL.events.md, "The store". */
#ifndef BREAKGLASS_STATE_EVENT_DROPPED_H
#define BREAKGLASS_STATE_EVENT_DROPPED_H

#include "breakglass/event_store.h"

/* A copy of the list, and how far it was walked. Zero-initialise; bg_dropped_free(). */
struct bg_dropped {
  struct bg_file file;
  size_t at;           /* where in it the next line begins */
  int64_t last;        /* number of the one that was taken or passed last */
  enum bg_error error; /* it could not be read, or not to its end: more may have been dropped */
};

/* Reads the list of that folder anew; what was taken before is passed over. Without a list there is
 * an empty one. After an error, as bg_file_read_at() has them, it stays as it was. */
void bg_dropped_load(int dir, struct bg_dropped *dropped);
/* The next one up to that number; false if there is none: BG_ERR_SYNTAX becomes the list's error if
 * that is for a line that is none. Its bytes stay the list's. */
bool bg_dropped_take(struct bg_dropped *dropped, int64_t up_to, struct bg_stored_event *ret_event);
/* That number was seen elsewhere: it is not taken from a list that is read later. */
void bg_dropped_pass(struct bg_dropped *dropped, int64_t number);
void bg_dropped_free(struct bg_dropped *dropped);

#endif
