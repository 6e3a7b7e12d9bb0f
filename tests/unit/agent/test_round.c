/* SPDX-License-Identifier: BSD-2-Clause */
/* The cursors of a sink that two couriers have at once: one that nobody waited for, and the next.
 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cursor.h"
#include "round.h"
#include "test_paths.h"
#include "test_state.h"

#define SINKS "/run/breakglass/sinks"
#define NAME "one"

static size_t told;

static size_t deliver(struct sink *sink, const struct event_view *views, size_t count, int cancel,
                      char ret_reason[static SINK_REASON_SIZE]) {
  (void)sink, (void)views, (void)cancel, (void)ret_reason;
  told += count;
  return count;
}

static struct sink sink = {.name = NAME, .window = 1, .deliver = deliver};

/* A host whose last event is the third. */
static int set_up(void **state) {
  (void)state;
  test_host_of(3);
  assert_int_equal(mkdir(test_path(SINKS), 0700), 0);
  told = 0;
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  test_root_remove();
  return 0;
}

static void one_that_comes_back_moves_no_cursor_back(void **state) {
  (void)state;
  struct round old = round_begin(&sink, -1);
  struct round next = round_begin(&sink, -1);
  while (round_step(&next, 3)) {
  }
  assert_int_equal(cursor_read(NAME), 3);
  (void)round_step(&old, 3);
  assert_int_equal(cursor_read(NAME), 3);
}

static void one_that_is_to_end_begins_nothing(void **state) {
  (void)state;
  const int cancel = eventfd(1, EFD_CLOEXEC);
  struct round round = round_begin(&sink, cancel);
  assert_false(round_step(&round, 3));
  assert_false(round.failed);
  assert_int_equal(round.cursor, 0);
  assert_int_equal(told, 0);
  assert_int_equal(close(cancel), 0);
}

/* However many events there are by the time of the first that is delivered again. */
static void where_events_began_anew_a_small_one_counts(void **state) {
  (void)state;
  test_root_write(SINKS "/" NAME, "3");
  struct round round = round_begin(&sink, -1);
  assert_true(round_step(&round, 2));
  assert_int_equal(cursor_read(NAME), 1);
  test_root_write(SINKS "/" NAME, "9"); /* beyond the last */
  assert_int_equal(cursor_write(NAME, 2), BG_OK);
  assert_int_equal(cursor_read(NAME), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(one_that_comes_back_moves_no_cursor_back),
      TEST(one_that_is_to_end_begins_nothing),
      TEST(where_events_began_anew_a_small_one_counts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
