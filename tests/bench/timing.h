/* SPDX-License-Identifier: BSD-2-Clause */
/* What the benchmarks share. */
#ifndef BREAKGLASS_BENCH_TIMING_H
#define BREAKGLASS_BENCH_TIMING_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* CLOCK_MONOTONIC, microseconds. */
static inline double now_us(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* Ends the program, with what errno says, if it is not done. */
static inline void check(bool done, const char *what) {
  if (!done) {
    perror(what);
    exit(1);
  }
}

#endif
