/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "watches.h"

#include <string.h>

#include "breakglass/host_clock.h"
#include "reads.h"

#define WATCHES_MAX 4096
#define WATCHES_OF_ONE 32 /* each is looked at with every commit */

static size_t count_of(const struct watches *watches, const char *name) {
  size_t count = 0;
  for (const struct job *job = watches->first; job != NULL; job = job->next) {
    count += strcmp(job->caller.name, name) == 0;
  }
  return count;
}

void watches_add(struct watches *watches, struct job *job) {
  if (watches->count == WATCHES_MAX || count_of(watches, job->caller.name) == WATCHES_OF_ONE) {
    job_finish(job); /* with what it shows now */
    return;
  }
  job->next = watches->first;
  watches->first = job;
  watches->count++;
}

/* Other services may write, too: so all are looked at, not just what was written here. */
void watches_look(struct watches *watches, struct desk *desk, struct ledger *ledger, bool all) {
  const int64_t now = bg_clock_boottime();
  for (struct job **at = &watches->first; *at != NULL;) {
    struct job *job = *at;
    uint8_t shown[sizeof job->shown];
    memcpy(shown, job->shown, sizeof shown);
    enum bg_error err = run_watch(desk, ledger, job);
    if (!all && err == BG_OK && now < job->deadline &&
        memcmp(shown, job->shown, sizeof shown) == 0) {
      at = &job->next;
      continue;
    }
    *at = job->next;
    watches->count--;
    job_finish(job);
  }
}
