/* SPDX-License-Identifier: BSD-2-Clause */
/* Moments: milliseconds of a clock, of CLOCK_MONOTONIC unless it is said otherwise, and how a
 * thread waits for one. INT64_MAX: never. */
#ifndef AGENT_MOMENT_H
#define AGENT_MOMENT_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

struct timespec moment_timespec(int64_t ms); /* of any clock; 0 or more, and not INT64_MAX */
/* For moment_wait(). */
void moment_cond_init(pthread_cond_t *cond);
/* With the lock held: until somebody signals cond, or the moment is there, or for no reason. */
void moment_wait(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until);

#endif
