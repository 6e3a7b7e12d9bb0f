/* SPDX-License-Identifier: BSD-2-Clause */
/* How far the recorded events reach: the loop and the keeper move it, the couriers wait for it. */
#ifndef AGENT_HORIZON_H
#define AGENT_HORIZON_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "breakglass/error.h"
#include "breakglass/host_clock.h"

struct horizon {
  pthread_mutex_t lock;
  pthread_cond_t moved;
  int64_t last; /* -1: not known yet */
  bool ended;
  int cancel; /* an eventfd(2): can be read once it has ended */
};

/* BG_ERR_NOMEM: no more descriptors. */
BG_MUST_USE enum bg_error horizon_open(struct horizon *horizon);
void horizon_close(struct horizon *horizon);
/* Moves it to the event that this boot remembers as the last; where it remembers none the horizon
 * stays. It goes back only where that does: where the events began anew. From any thread. */
void horizon_look(struct horizon *horizon);
void horizon_end(struct horizon *horizon);
/* After a failure: nothing before `until`; once the horizon is elsewhere than it was then, which
 * somebody may be waiting for, nothing before `soonest`. Zeroed: no pause. */
struct horizon_pause {
  int64_t until, soonest; /* as bg_clock_ms() tells them */
  int64_t tried;
};
/* Waits until the horizon is somewhere else than `known` and the pause is over, but no longer than
 * `until` (INT64_MAX: for ever). */
enum awaited { HORIZON_MOVED, HORIZON_STANDS, HORIZON_ENDED };
enum awaited horizon_await(struct horizon *horizon, int64_t known,
                           const struct horizon_pause *pause, int64_t until, int64_t *ret_last);
/* Waits until then, wherever the horizon is. False: it has ended. */
bool horizon_sleep(struct horizon *horizon, int64_t until);
/* A pause (ms, 1 to UINT32_MAX), give or take a half: hosts that were kept waiting together do not
 * come back together. */
int64_t horizon_jitter(int64_t pause);
bool horizon_has_ended(struct horizon *horizon);
/* Waits for a thread that is to end. False: it has not until then. */
bool horizon_join(pthread_t thread, int64_t until);

#endif
