/* SPDX-License-Identifier: BSD-2-Clause */
/* Several handles on one store, and a store that refuses. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "handle.h"
#include "ledger_test.h"

static test_new_store *new_store;
static struct ledger *one;
static struct ledger *two;
static const uint8_t key[32] = {1};
static const uint8_t nonce[16] = {1};

static int open_two(void **state) {
  (void)state;
  const char *spec = new_store();
  one = test_open(spec);
  two = test_open(spec);
  return 0;
}

static int close_two(void **state) {
  (void)state;
  ledger_close(one);
  ledger_close(two);
  return 0;
}

static void two_handles_append_by_turns(void **state) {
  (void)state;
  for (int64_t i = 1; i <= 20; i += 2) {
    assert_int_equal(test_append_one(one), i);
    assert_int_equal(test_append_one(two), i + 1);
  }
  assert_int_equal(test_assert_chain(one), 20);
  assert_int_equal(test_assert_chain(two), 20);
}

static void a_reader_does_not_see_what_is_not_committed(void **state) {
  (void)state;
  (void)test_append_one(one);
  assert_int_equal(ledger_begin(one), BG_OK);
  assert_int_equal(ledger_append(one, 1, "issue", bg_bytes_of("\"a\":1")), BG_OK);
  assert_int_equal(test_assert_chain(two), 1);
  assert_int_equal(ledger_commit(one), BG_OK);
  assert_int_equal(test_assert_chain(two), 2);
}

static void what_a_closed_handle_has_not_committed_is_undone(void **state) {
  (void)state;
  assert_int_equal(ledger_begin(one), BG_OK);
  assert_int_equal(ledger_append(one, 1, "issue", bg_bytes_of("\"a\":1")), BG_OK);
  ledger_close(one);
  one = NULL;
  assert_int_equal(test_append_one(two), 1);
}

/* Its wait is bounded: by 5 s. */
static void a_second_writer_is_told_that_the_store_is_busy(void **state) {
  (void)state;
  assert_int_equal(ledger_begin(one), BG_OK);
  assert_int_equal(ledger_begin(two), BG_ERR_BUSY);
  assert_true(ledger_reason(two)[0] != '\0');
  assert_int_equal(ledger_append(one, 1, "issue", bg_bytes_of("\"a\":1")), BG_OK);
  assert_int_equal(ledger_commit(one), BG_OK);
  assert_int_equal(test_append_one(two), 2);
}

/* As a store would that is damaged, or full: a number that is there already. */
static void append_twice(struct ledger *ledger) {
  const struct store_value values[] = {value_number(1), value_bytes(bg_bytes_of("x"))};
  enum bg_error err = handle_write(ledger, STATEMENT_APPEND, values, NULL, NULL);
  if (err == BG_OK) { /* not told yet, but to whoever reads */
    err = ledger_nonce_add(ledger, key, nonce, 1);
  }
  assert_int_equal(err, BG_ERR_IO);
  assert_true(ledger_reason(ledger)[0] != '\0');
}

static void a_refused_step_is_undone_and_the_others_stay(void **state) {
  (void)state;
  assert_int_equal(ledger_begin(one), BG_OK);
  assert_int_equal(ledger_step_begin(one), BG_OK);
  assert_int_equal(ledger_append(one, 1, "issue", bg_bytes_of("\"a\":1")), BG_OK);
  assert_int_equal(ledger_step_keep(one), BG_OK);
  assert_int_equal(ledger_step_begin(one), BG_OK);
  assert_int_equal(ledger_nonce_add(one, key, nonce, 1), BG_OK);
  assert_int_equal(ledger_append(one, 1, "issue", bg_bytes_of("\"undone\":1")), BG_OK);
  append_twice(one);
  assert_int_equal(ledger_nonce_add(one, key, nonce, 1), BG_ERR_IO); /* spoiled until undone */
  assert_int_equal(ledger_step_undo(one), BG_OK);
  assert_int_equal(ledger_step_begin(one), BG_OK);
  assert_int_equal(ledger_append(one, 1, "issue", bg_bytes_of("\"b\":1")), BG_OK);
  assert_int_equal(ledger_step_keep(one), BG_OK);
  assert_int_equal(ledger_commit(one), BG_OK);
  assert_int_equal(test_assert_chain(two), 2);
}

/* Kept before its refusal was heard: it must not be undone in silence by a later step's undoing. */
static void a_kept_step_is_not_undone_by_a_later_one(void **state) {
  (void)state;
  const struct store_value values[] = {value_number(1), value_bytes(bg_bytes_of("x"))};
  (void)test_append_one(one);
  assert_int_equal(ledger_begin(one), BG_OK);
  assert_int_equal(ledger_step_begin(one), BG_OK);
  enum bg_error err = handle_write(one, STATEMENT_APPEND, values, NULL, NULL);
  if (err == BG_OK) {
    assert_int_equal(ledger_step_keep(one), BG_OK);
    assert_int_equal(ledger_step_begin(one), BG_OK);
    assert_int_equal(ledger_nonce_add(one, key, nonce, 1), BG_ERR_IO);
    assert_int_equal(ledger_step_undo(one), BG_ERR_IO);
    assert_int_equal(ledger_append(one, 1, "issue", bg_bytes_of("\"a\":1")), BG_ERR_IO);
    ledger_rollback(one);
  } else {
    assert_int_equal(ledger_step_undo(one), BG_OK);
    assert_int_equal(ledger_commit(one), BG_OK);
  }
  assert_int_equal(test_append_one(one), 2);
  assert_int_equal(test_assert_chain(two), 2);
}

/* As above, and nobody has asked for anything since. */
static void an_unheard_refusal_is_heard_by_undo_and_commit(void **state) {
  (void)state;
  const struct store_value values[] = {value_number(1), value_bytes(bg_bytes_of("x"))};
  (void)test_append_one(one);
  assert_int_equal(ledger_begin(one), BG_OK);
  assert_int_equal(ledger_step_begin(one), BG_OK);
  enum bg_error err = handle_write(one, STATEMENT_APPEND, values, NULL, NULL);
  if (err == BG_OK) {
    assert_int_equal(ledger_step_keep(one), BG_OK);
    assert_int_equal(ledger_step_begin(one), BG_OK);
    assert_int_equal(ledger_step_undo(one), BG_ERR_IO);
    ledger_rollback(one);
    assert_int_equal(ledger_begin(one), BG_OK);
    assert_int_equal(ledger_step_begin(one), BG_OK);
    assert_int_equal(handle_write(one, STATEMENT_APPEND, values, NULL, NULL), BG_OK);
    assert_int_equal(ledger_step_keep(one), BG_OK);
    assert_int_equal(ledger_commit(one), BG_ERR_IO);
  } else {
    ledger_rollback(one);
  }
  assert_int_equal(test_assert_chain(two), 1);
}

static void a_transaction_with_a_refused_step_is_not_committed(void **state) {
  (void)state;
  assert_int_equal(ledger_begin(one), BG_OK);
  assert_int_equal(ledger_append(one, 1, "issue", bg_bytes_of("\"a\":1")), BG_OK);
  const struct store_value values[] = {value_number(1), value_bytes(bg_bytes_of("x"))};
  enum bg_error err = handle_write(one, STATEMENT_APPEND, values, NULL, NULL);
  assert_true(err == BG_OK || err == BG_ERR_IO);
  assert_int_equal(ledger_commit(one), BG_ERR_IO);
  assert_int_equal(test_assert_chain(two), 0);
  assert_int_equal(test_append_one(one), 1);
}

static void a_damaged_line_is_named(void **state) {
  (void)state;
  assert_int_equal(test_append_one(one), 1);
  assert_int_equal(ledger_begin(one), BG_OK);
  const struct store_value values[] = {value_number(2), value_bytes(bg_bytes_of("{\"number\":2}"))};
  assert_int_equal(handle_write(one, STATEMENT_APPEND, values, NULL, NULL), BG_OK);
  assert_int_equal(ledger_commit(one), BG_OK);
  struct test_fault fault = test_find_fault(two);
  assert_int_equal(fault.number, 2);
  assert_int_equal(fault.what, BG_CHAIN_FORM);
}

int check_two_handles(test_new_store *store) {
#define CHECK(name) cmocka_unit_test_setup_teardown(name, open_two, close_two)
  const struct CMUnitTest tests[] = {
      CHECK(two_handles_append_by_turns),
      CHECK(a_reader_does_not_see_what_is_not_committed),
      CHECK(what_a_closed_handle_has_not_committed_is_undone),
      CHECK(a_second_writer_is_told_that_the_store_is_busy),
      CHECK(a_refused_step_is_undone_and_the_others_stay),
      CHECK(a_kept_step_is_not_undone_by_a_later_one),
      CHECK(an_unheard_refusal_is_heard_by_undo_and_commit),
      CHECK(a_transaction_with_a_refused_step_is_not_committed),
      CHECK(a_damaged_line_is_named),
  };
  new_store = store;
  return cmocka_run_group_tests_name("handles", tests, NULL, NULL);
}
