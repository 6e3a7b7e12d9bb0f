/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of both stores share: a store, filled by the test's program, and checks that run
 * over either. */
#ifndef TEST_LEDGER_TEST_H
#define TEST_LEDGER_TEST_H

#include "breakglass/chain.h"
#include "ledger.h"

/* The specification of an empty store: a new one each time. Aborts on failure. */
typedef const char *test_new_store(void);

/* Runs the checks; the number that failed. */
int check_ledger(test_new_store *new_store);
int check_two_handles(test_new_store *new_store);
/* Writers of one store, killed so many times at any moment. */
int check_kills(test_new_store *new_store, unsigned writers, unsigned kills);

/* An SQLite file in a folder of its own. */
const char *test_sqlite_spec(void);
const char *test_sqlite_path(void); /* of the latest */
void test_sqlite_remove(void);

struct ledger *test_open(const char *spec);
/* One more entry, in a transaction of its own; its number. */
int64_t test_append_one(struct ledger *ledger);
/* The first broken line: its number, or 0 with BG_CHAIN_GOOD. */
struct test_fault {
  int64_t number;
  enum bg_chain_fault what;
};
struct test_fault test_find_fault(struct ledger *ledger);
/* The chain from its first line to its last; the last one's number, which is also the head's. Fails
 * the test at a broken line. */
int64_t test_assert_chain(struct ledger *ledger);

#endif
