/* SPDX-License-Identifier: BSD-2-Clause */
/* How old the host is, by a counter that no clock can turn back and no single wrong clock can turn
 * forward. Pure: what the clocks say is handed in. Reaches host_clock.h.
 *
 * What counts is the time that the host has run: CLOCK_BOOTTIME of every boot. To that comes the
 * time that it was off, as far as it is vouched for: the age is at least the high-water mark of
 * vouched time less the moment of birth, if the host's own clock is not behind that mark. The
 * running clock alone never makes a host older, so that one that is set far forward, a fleet's
 * time server perhaps, replaces no fleet: for that a voucher has to say the same. None of it ever
 * makes the host younger: what was counted stays. */
#ifndef BREAKGLASS_AGENT_AGE_H
#define BREAKGLASS_AGENT_AGE_H

#include "breakglass/host_clock.h"

#define AGE_MAX INT64_C(3155760000) /* seconds: a hundred years; more is as much */

struct clocks {
  int64_t now;      /* Unix seconds */
  int64_t boottime; /* seconds since boot */
  int64_t mark;     /* bg_mark_read() */
  char boot_id[BG_BOOT_ID_SIZE];
};

struct age {
  int64_t seconds;                  /* as counted when it was looked at last */
  char boot_id[BG_BOOT_ID_SIZE];    /* in which boot that was, */
  int64_t at;                       /* and when in it, CLOCK_BOOTTIME seconds */
  char first_boot[BG_BOOT_ID_SIZE]; /* empty if it is not known */
  int64_t born;                     /* Unix seconds; 0: no clock that counts has said so */
};

/* BG_ERR_IO and others of bg_boot_id(). */
BG_MUST_USE enum bg_error clocks_read(struct clocks *ret_clocks);
/* Whether the clock is not behind what somebody vouched for: it plays its part. */
bool clocks_count(const struct clocks *clocks);

/* Of a host that is in its first boot. */
struct age age_begin(const struct clocks *clocks);
/* Of one of which only a trace is left, of that moment (Unix seconds; 0: not even that). The clock
 * is all that there is to measure it by. */
struct age age_recover(const struct clocks *clocks, int64_t oldest);
/* Counts up to now. */
void age_count(struct age *age, const struct clocks *clocks);
/* The moment of birth by the clock of now: for people and records. At least 1. */
int64_t age_born(const struct age *age, const struct clocks *clocks);

#endif
