/* SPDX-License-Identifier: BSD-2-Clause */
/* A host in a folder whose clocks, boots and disk are the test's. */
#ifndef BREAKGLASS_FAKE_HOST_H
#define BREAKGLASS_FAKE_HOST_H

#include <jansson.h>

#include "lifetime.h"

#define HOUR INT64_C(3600)
#define DAY INT64_C(86400)
#define MADE INT64_C(1790000000) /* when the first host boots */

struct fake {
  int64_t now; /* what the clocks say */
  int64_t boottime;
  int64_t built;
  int boot;             /* number of this boot, from 1 */
  bool disk_fails;      /* for the record of the host's life */
  unsigned disk_writes; /* of that record, */
  int events_then;      /* and how many events there were when the first was made */
  char log[4096];       /* all that was logged, a line each */
};
extern struct fake fake;
extern struct lifetime_config fake_config; /* 7 and 14 days, of test_host */

/* A new host in its first boot, a minute old, after `breakglass boot`; and its end. */
int fake_host_new(void **state);
int fake_host_end(void **state);
/* Time passes while it runs: both clocks go on. */
void fake_run(int64_t seconds);
/* Goes down, is off for that long, and boots; the unit has run. What is open is not closed. */
void fake_reboot(int64_t off);

/* Opens it, looks once, and keeps it open. Fails the test if it cannot. */
struct lifetime *fake_start(void);
/* Opens, looks, closes. */
void fake_visit(void);
/* Runs for that long with a look whenever it is due. */
void fake_live(struct lifetime *lifetime, int64_t seconds);
int64_t fake_age(const struct lifetime *lifetime);

/* The events on disk and on run/, counted; and the one of that number by jansson, NULL if none. */
int fake_events(void);
json_t *fake_event(int64_t number);
const char *fake_event_type(int64_t number); /* "" if there is none; static */

/* Copies the record and its copy on run/ aside, and puts them back: as who was killed in between
 * leaves them. */
void fake_records_keep(void);
void fake_records_put_back(void);

#endif
