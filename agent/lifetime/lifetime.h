/* SPDX-License-Identifier: BSD-2-Clause */
/* The part of the host agent that knows how old the host is: says once that it is new, keeps
 * account of its age, and taints it once it has lived long enough. For one thread at a time, as
 * root, in a program that has called sodium_init() and runs after `breakglass boot`, with the host
 * id of a policy that could be read. Reaches state, token, json_read.h, and what lies beside it. */
#ifndef BREAKGLASS_AGENT_LIFETIME_H
#define BREAKGLASS_AGENT_LIFETIME_H

#include "breakglass/event.h"

/* Seconds of CLOCK_BOOTTIME between two looks, and two checkpoints on disk, at least. */
#define LIFETIME_STEP INT64_C(3600)

struct lifetime_config {
  /* The policy's ages, seconds: both 0 for no turnover, or 0 < polite <= forced <= INT32_MAX. Where
   * between them this host stands its id says (turnover.h). */
  int64_t polite;
  int64_t forced;
  enum bg_level level;        /* of a host that has lived long enough; BG_LEVEL_NONE: refresh */
  const struct bg_host *host; /* borrowed until lifetime_close() */
  /* The host's public key for events, 1 to 200 bytes of clean text (text.h), borrowed too; NULL:
   * it has none. */
  const char *event_key;
  void (*log)(const char *line); /* for the system log, without a line end; may be NULL */
};

struct lifetime; /* opaque */

/* What is known now. Times are Unix seconds by the host's clock of now. */
struct lifetime_state {
  int64_t age;    /* seconds */
  int64_t born;   /* that long ago */
  int64_t polite; /* this host's moments; 0: no turnover */
  int64_t forced;
  bool clock_counts;   /* the clock is not behind vouched time: that adds to the age */
  bool said_fresh;     /* the host's life began with breakglass.host.fresh */
  enum bg_level level; /* that its age has tainted it by; BG_LEVEL_NONE: it has not yet */
};

/* Finds out how old the host is: by its record, or by what else tells. Writes nothing.
 * BG_ERR_RANGE if the configuration is not as above, BG_ERR_NOMEM, BG_ERR_IO if the boot's id
 * cannot be read. Whatever else fails is logged, and never an error: a host without a disk ages
 * too. Closed by lifetime_close(). */
BG_MUST_USE enum bg_error lifetime_open(const struct lifetime_config *config,
                                        struct lifetime **ret_lifetime);

/* Counts, records what is due, and keeps it: call it at once, and then when it says. Returns that
 * moment in milliseconds of CLOCK_BOOTTIME, never sooner than LIFETIME_STEP from now; earlier calls
 * do no harm and do not write to disk unless something is due. What could not be recorded is tried
 * again at the next look. Waits for the store's lock (at most 2 s) and for the disk, however long
 * that takes: not for a thread that must not wait. */
int64_t lifetime_look(struct lifetime *lifetime);

/* BG_ERR_IO if the boot's id cannot be read. Writes nothing. */
BG_MUST_USE enum bg_error lifetime_show(const struct lifetime *lifetime,
                                        struct lifetime_state *ret_state);

/* Keeps the age up to now: a clean stop. NULL is fine. */
void lifetime_close(struct lifetime *lifetime);

#endif
