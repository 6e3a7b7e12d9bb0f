/* SPDX-License-Identifier: BSD-2-Clause */
/* What wakes the warden: grants that change, a new list of what was taken back, a moment that
 * comes, the end of a session's owner, and a word from another thread. */
#ifndef AGENT_WAKES_H
#define AGENT_WAKES_H

#include <stdint.h>

#include "breakglass/error.h"

enum {
  WAKE_TOLD = 1,   /* by wakes_tell() */
  WAKE_GRANTS = 2, /* some grant may be another */
  WAKE_LIST = 4,   /* the list may be */
};

struct wakes {
  int timer;   /* a timerfd(2) of CLOCK_BOOTTIME, which goes on while the host sleeps */
  int told;    /* an eventfd(2) */
  int changes; /* an inotify(7) */
  int grants;  /* its watches of folders; -1: there is none, since the folder is not there */
  int list;
};

/* BG_ERR_NOMEM: no more descriptors. Free with wakes_close(). */
BG_MUST_USE enum bg_error wakes_open(struct wakes *ret_wakes);
void wakes_close(struct wakes *wakes);
/* From any thread. */
void wakes_tell(const struct wakes *wakes);
/* Waits until the moment (ms of CLOCK_BOOTTIME; INT64_MAX: none), or until one of the others comes;
 * owners is a descriptor that can be read once an owner has ended, -1: none. It may wake without
 * any reason. Answers WAKE_ bits. A folder that is not there is looked for again every few seconds.
 */
unsigned wakes_await(struct wakes *wakes, int owners, int64_t moment);

#endif
