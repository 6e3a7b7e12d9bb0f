/* SPDX-License-Identifier: BSD-2-Clause */
/* The horizon while several threads look where it is. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "breakglass/event_store.h"
#include "horizon.h"

#define LOOKERS 4
#define EVENTS 400
#define PATIENCE 60 /* seconds, then it hangs */

static atomic_int head;
static atomic_bool forgotten;

/* Each time one event later. What was read gets older, for some more than for others. */
enum bg_error __wrap_bg_event_store_head(int64_t *ret_number, uint8_t *ret_hash);
enum bg_error __wrap_bg_event_store_head(int64_t *ret_number, uint8_t *ret_hash) {
  (void)ret_hash;
  if (forgotten) {
    return BG_ERR_NOT_FOUND;
  }
  const int number = ++head;
  const struct timespec while_others_look = {.tv_nsec = number % 3 * 200000L};
  (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &while_others_look, NULL);
  *ret_number = number;
  return BG_OK;
}

static int set_up(void **state) {
  static struct horizon horizon;
  head = 0;
  forgotten = false;
  *state = &horizon;
  return horizon_open(&horizon) == BG_OK ? 0 : -1;
}

static int tear_down(void **state) {
  horizon_close(*state);
  return 0;
}

/* Where it is, without waiting. */
static int64_t place(struct horizon *horizon) {
  const struct horizon_pause no_pause = {0};
  int64_t last = 0;
  (void)horizon_await(horizon, -1, &no_pause, 0, &last);
  return last;
}

static void *look_often(void *context) {
  for (int i = 0; i < EVENTS / LOOKERS; i++) {
    horizon_look(context);
  }
  return NULL;
}

static void of_several_that_look_none_moves_it_back(void **state) {
  struct horizon *horizon = *state;
  const struct horizon_pause no_pause = {0};
  pthread_t lookers[LOOKERS];
  (void)alarm(PATIENCE);
  for (int i = 0; i < LOOKERS; i++) {
    assert_int_equal(pthread_create(&lookers[i], NULL, look_often, horizon), 0);
  }
  for (int64_t known = -1, last = 0; known < EVENTS; known = last) {
    assert_int_equal(horizon_await(horizon, known, &no_pause, INT64_MAX, &last), HORIZON_MOVED);
    assert_true(last > known);
  }
  for (int i = 0; i < LOOKERS; i++) {
    assert_int_equal(pthread_join(lookers[i], NULL), 0);
  }
  (void)alarm(0);
}

static void without_a_head_it_stays(void **state) {
  struct horizon *horizon = *state;
  forgotten = true;
  horizon_look(horizon);
  assert_int_equal(place(horizon), -1);
  forgotten = false;
  horizon_look(horizon);
  assert_int_equal(place(horizon), 1);
  forgotten = true;
  horizon_look(horizon);
  assert_int_equal(place(horizon), 1);
}

static void it_goes_back_where_the_events_began_anew(void **state) {
  struct horizon *horizon = *state;
  head = 41;
  horizon_look(horizon);
  assert_int_equal(place(horizon), 42);
  head = 0;
  horizon_look(horizon);
  assert_int_equal(place(horizon), 1);
}

static void *end_it(void *context) {
  horizon_end(context);
  return NULL;
}

static void who_sleeps_wakes_at_the_moment_or_at_the_end(void **state) {
  struct horizon *horizon = *state;
  pthread_t other;
  const int64_t begin = bg_clock_ms();
  (void)alarm(PATIENCE);
  horizon_look(horizon);
  assert_true(horizon_sleep(horizon, 0));
  assert_true(horizon_sleep(horizon, begin + 20));
  assert_true(bg_clock_ms() >= begin + 20);
  assert_int_equal(pthread_create(&other, NULL, end_it, horizon), 0);
  assert_false(horizon_sleep(horizon, INT64_MAX));
  assert_false(horizon_sleep(horizon, 0));
  assert_int_equal(pthread_join(other, NULL), 0);
  (void)alarm(0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(of_several_that_look_none_moves_it_back),
      TEST(without_a_head_it_stays),
      TEST(it_goes_back_where_the_events_began_anew),
      TEST(who_sleeps_wakes_at_the_moment_or_at_the_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
