/* SPDX-License-Identifier: BSD-2-Clause */
/* What every test of the store asks of it. */
#ifndef BREAKGLASS_STORE_CHECKS_H
#define BREAKGLASS_STORE_CHECKS_H

#include <jansson.h>
#include <stdint.h>

/* A test's own host with run/ prepared, and its end. */
int new_store(void **state);
int end_store(void **state);

/* The event of this number on disk, by jansson; fails the test if there is none. */
/* How many files of the folder of events hold one. */
int events_on_disk(void);
json_t *checked_event(int64_t number);
/* Exactly the numbers 1 to count are on disk, each naming the hash of the one
 * before, and nothing waits on run/. */
void assert_chain(int64_t count);

#endif
