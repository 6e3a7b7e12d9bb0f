/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "moment.h"

struct timespec moment_timespec(int64_t ms) {
  return (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
}

void moment_cond_init(pthread_cond_t *cond) {
  pthread_condattr_t attributes;
  (void)pthread_condattr_init(&attributes);
  (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  (void)pthread_cond_init(cond, &attributes);
  (void)pthread_condattr_destroy(&attributes);
}

void moment_wait(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until) {
  if (until == INT64_MAX) {
    (void)pthread_cond_wait(cond, lock);
    return;
  }
  const struct timespec moment = moment_timespec(until);
  (void)pthread_cond_timedwait(cond, lock, &moment);
}
