/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "horizon.h"

#include <sodium.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "breakglass/event_store.h"
#include "moment.h"

enum bg_error horizon_open(struct horizon *horizon) {
  *horizon = (struct horizon){.last = -1, .cancel = eventfd(0, EFD_CLOEXEC)};
  if (horizon->cancel < 0) {
    return BG_ERR_NOMEM;
  }
  (void)pthread_mutex_init(&horizon->lock, NULL);
  moment_cond_init(&horizon->moved);
  return BG_OK;
}

void horizon_close(struct horizon *horizon) {
  (void)pthread_cond_destroy(&horizon->moved);
  (void)pthread_mutex_destroy(&horizon->lock);
  (void)close(horizon->cancel);
}

/* The head is read under the lock: of two threads that look, the one that read the older head would
 * otherwise have the last word, and a horizon behind a cursor tells that courier to begin anew. */
void horizon_look(struct horizon *horizon) {
  uint8_t hash[BG_EVENT_HASH_SIZE];
  int64_t last = 0;
  (void)pthread_mutex_lock(&horizon->lock);
  if (bg_event_store_head(&last, hash) == BG_OK) {
    horizon->last = last;
    (void)pthread_cond_broadcast(&horizon->moved);
  }
  (void)pthread_mutex_unlock(&horizon->lock);
}

void horizon_end(struct horizon *horizon) {
  const uint64_t one = 1;
  (void)pthread_mutex_lock(&horizon->lock);
  horizon->ended = true;
  (void)!write(horizon->cancel, &one, sizeof one);
  (void)pthread_cond_broadcast(&horizon->moved);
  (void)pthread_mutex_unlock(&horizon->lock);
}

int64_t horizon_jitter(int64_t pause) {
  return pause / 2 + (int64_t)randombytes_uniform((uint32_t)pause);
}

static void sleep_until(struct horizon *horizon, int64_t until) {
  moment_wait(&horizon->moved, &horizon->lock, until);
}

static bool has_moved(const struct horizon *horizon, int64_t known) {
  return horizon->last >= 0 && horizon->last != known;
}

static int64_t end_of(const struct horizon *horizon, const struct horizon_pause *pause) {
  return has_moved(horizon, pause->tried) ? pause->soonest : pause->until;
}

enum awaited horizon_await(struct horizon *horizon, int64_t known,
                           const struct horizon_pause *pause, int64_t until, int64_t *ret_last) {
  (void)pthread_mutex_lock(&horizon->lock);
  while (!horizon->ended && bg_clock_ms() < end_of(horizon, pause)) {
    sleep_until(horizon, end_of(horizon, pause));
  }
  while (!horizon->ended && !has_moved(horizon, known) && bg_clock_ms() < until) {
    sleep_until(horizon, until);
  }
  const enum awaited awaited = horizon->ended              ? HORIZON_ENDED
                               : has_moved(horizon, known) ? HORIZON_MOVED
                                                           : HORIZON_STANDS;
  *ret_last = horizon->last;
  (void)pthread_mutex_unlock(&horizon->lock);
  return awaited;
}

bool horizon_sleep(struct horizon *horizon, int64_t until) {
  (void)pthread_mutex_lock(&horizon->lock);
  while (!horizon->ended && bg_clock_ms() < until) {
    sleep_until(horizon, until);
  }
  const bool goes_on = !horizon->ended;
  (void)pthread_mutex_unlock(&horizon->lock);
  return goes_on;
}

bool horizon_has_ended(struct horizon *horizon) {
  (void)pthread_mutex_lock(&horizon->lock);
  const bool ended = horizon->ended;
  (void)pthread_mutex_unlock(&horizon->lock);
  return ended;
}

bool horizon_join(pthread_t thread, int64_t until) {
  const struct timespec moment = moment_timespec(until);
  return pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &moment) == 0;
}
