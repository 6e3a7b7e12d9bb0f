/* SPDX-License-Identifier: BSD-2-Clause */
/* A courier's end: whoever stops it waits no longer than it says, whatever its sink does. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <semaphore.h>
#include <unistd.h>

#include "../../../agent/courier.h"
#include "test_paths.h"

#define PATIENCE 60 /* seconds, then it hangs */
#define SOON 200    /* ms */
#define LATER 30000

static sem_t closing, may_close, closed;

/* As one whose program sleeps in the kernel and cannot be killed. */
static void close_slowly(struct sink *sink) {
  (void)sink;
  assert_int_equal(sem_post(&closing), 0);
  assert_int_equal(sem_wait(&may_close), 0);
  assert_int_equal(sem_post(&closed), 0);
}

static size_t deliver(struct sink *sink, const struct event_view *views, size_t count, int cancel,
                      char ret_reason[static SINK_REASON_SIZE]) {
  (void)sink, (void)views, (void)cancel, (void)ret_reason;
  return count;
}

static void changed(void *context) {
  (void)context;
}

struct host {
  struct horizon horizon;
  struct courier_place place;
  struct courier *courier;
};

static int set_up(void **state) {
  static struct host host;
  struct sink sink = {.name = "slow", .window = 1, .deliver = deliver, .free = close_slowly};
  (void)test_root_create();
  (void)alarm(PATIENCE);
  assert_int_equal(sem_init(&closing, 0, 0), 0);
  assert_int_equal(sem_init(&may_close, 0, 0), 0);
  assert_int_equal(sem_init(&closed, 0, 0), 0);
  assert_int_equal(horizon_open(&host.horizon), BG_OK);
  host.place = (struct courier_place){.horizon = &host.horizon, .changed = changed};
  assert_int_equal(courier_start(&host.place, &sink, &host.courier), BG_OK);
  *state = &host;
  return 0;
}

static int tear_down(void **state) {
  struct host *host = *state;
  horizon_close(&host->horizon);
  test_root_remove();
  (void)alarm(0);
  return 0;
}

static void a_sink_that_does_not_close_is_left_behind(void **state) {
  struct host *host = *state;
  horizon_end(&host->horizon);
  assert_false(courier_stop(host->courier, bg_clock_ms() + SOON));
  assert_int_equal(sem_wait(&closing), 0); /* the courier hangs there now */
  assert_false(courier_stop(host->courier, bg_clock_ms() + SOON));
  assert_int_equal(sem_post(&may_close), 0);
  assert_true(courier_stop(host->courier, bg_clock_ms() + LATER));
}

static void one_that_ended_has_closed_its_sink(void **state) {
  struct host *host = *state;
  assert_int_equal(sem_post(&may_close), 0);
  horizon_end(&host->horizon);
  assert_true(courier_stop(host->courier, bg_clock_ms() + LATER));
  assert_int_equal(sem_trywait(&closed), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_sink_that_does_not_close_is_left_behind),
      TEST(one_that_ended_has_closed_its_sink),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
