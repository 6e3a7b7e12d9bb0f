/* SPDX-License-Identifier: BSD-2-Clause */
/* What the benchmark's programs share. */
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include <stdbool.h>

/* CLOCK_MONOTONIC in microseconds. */
double bench_now_us(void);
/* Runs arguments[0] to its end, with input as its standard input (-1: the caller's)
 * and silent; whether it ended with 0. */
bool bench_spawn(const char *const arguments[], int input);

#endif
