/* SPDX-License-Identifier: BSD-2-Clause */
/* The bound of the events on disk: what is given up, in which order, and what never is. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../../breakglass/cli/taint_fold.h"
#include "breakglass/event_glance.h"
#include "breakglass/grant.h"
#include "breakglass/run_state.h"
#include "spool.h"
#include "test_paths.h"
#include "test_state.h"

#define SESSIONS 120 /* each opened and closed; the last 64 events stay whole */
#define LAST (1 + (2 * SESSIONS))
#define WHOLE 64

static void record(const struct bg_event *event) {
  enum bg_durability durability;
  assert_int_equal(bg_event_record(event, &durability), BG_OK);
  assert_int_equal(durability, BG_DURABLE);
}

static void record_fresh(void) {
  const struct bg_lifetime lifetime = {.born = bg_clock_now()};
  const struct bg_event event = {.type = BG_EVENT_HOST_FRESH,
                                 .host = &test_host,
                                 .time = bg_clock_now(),
                                 .level = BG_LEVEL_NONE,
                                 .lifetime = &lifetime};
  record(&event);
}

static void record_session(uint8_t id) {
  const struct bg_session session = test_session(id);
  const struct bg_grant grant = test_grant(&session);
  struct bg_event event = test_opened(&session);
  record(&event);
  event.type = BG_EVENT_TAINT_CLOSED;
  event.grant = &grant;
  event.ending = BG_ENDED_UNUSED;
  record(&event);
}

/* LAST events. */
static void record_all(void) {
  record_fresh();
  for (uint8_t id = 1; id <= SESSIONS; id++) {
    record_session(id);
  }
}

static void record_manual(void) {
  const struct bg_event event = {.type = BG_EVENT_TAINT_MANUAL,
                                 .host = &test_host,
                                 .time = bg_clock_now(),
                                 .level = BG_LEVEL_REBUILD,
                                 .replace_by = bg_clock_now() + 600,
                                 .reason = "by hand"};
  record(&event);
}

static int set_up(void **state) {
  (void)state;
  test_host_of(0);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  test_root_remove();
  return 0;
}

static int64_t size(void) {
  int64_t bytes = 0;
  assert_int_equal(bg_event_store_size(&bytes), BG_OK);
  return bytes;
}

static void bound(struct spool *spool, int64_t last) {
  while (spool_bound(spool, last)) {
  }
}

/* What the store says now: the chain is whole, in any case. */
static int64_t dropped(void) {
  struct taint_fold fold = {0};
  assert_int_equal(taint_fold_events(NULL, &fold), BG_OK);
  assert_false(fold.chain_is_broken);
  assert_int_equal(fold.unreadable, 0);
  assert_int_equal(fold.taint.session_count, 0);
  const int64_t count = fold.dropped;
  taint_fold_free(&fold);
  return count;
}

struct seen {
  int64_t last_dropped;
  int64_t first_routine; /* that is whole */
  unsigned closed;
};

static bool see(void *context, const struct bg_stored_event *event) {
  struct seen *seen = context;
  struct bg_event_glance glance;
  const bool of_session = bg_event_glance(event->bytes, &glance);
  const bool is_routine = event->number == 1 || (of_session && !glance.opened);
  seen->closed += of_session && !glance.opened;
  if (event->place == BG_EVENT_DROPPED) {
    assert_true(is_routine); /* never a taint */
    seen->last_dropped = event->number;
  } else if (is_routine && seen->first_routine == 0) {
    seen->first_routine = event->number;
  }
  return true;
}

static void the_oldest_that_are_no_taint_go_first(void **state) {
  (void)state;
  struct seen seen = {0};
  record_all();
  const int64_t before = size();
  struct spool spool = {.limit = before};
  bound(&spool, LAST);
  assert_int_equal(dropped(), 0); /* what fits stays */
  spool.limit = before - 40000;
  bound(&spool, LAST);
  assert_true(size() <= spool.limit - spool.limit / 16); /* not again with the next one */
  const int64_t count = dropped();
  assert_true(count > 0 && count < SESSIONS - WHOLE / 2);
  assert_int_equal(bg_events_each(see, &seen), BG_OK);
  assert_true(seen.first_routine > seen.last_dropped);
  assert_int_equal(seen.closed, SESSIONS); /* for those who ask whether one is over */
  bound(&spool, LAST);
  assert_int_equal(dropped(), count);
}

static void what_goes_on_now_stays_whole(void **state) {
  (void)state;
  struct seen seen = {0};
  record_all();
  struct spool spool = {.limit = 1};
  bound(&spool, LAST);
  assert_int_equal(bg_events_each(see, &seen), BG_OK);
  assert_int_equal(seen.last_dropped, LAST - WHOLE);
  assert_int_equal(seen.first_routine, LAST - WHOLE + 2);
  assert_int_equal(spool.again, LAST + WHOLE); /* too little: not tried with each event */
}

static void of_taints_none_goes(void **state) {
  (void)state;
  for (int i = 0; i < WHOLE + 10; i++) {
    record_manual();
  }
  struct spool spool = {.limit = 1};
  bound(&spool, WHOLE + 10);
  assert_int_equal(dropped(), 0);
  assert_true(spool.told);
  assert_int_equal(spool.again, 2 * WHOLE + 10);
}

static void without_a_limit_none_goes(void **state) {
  (void)state;
  record_all();
  struct spool spool = {.limit = 0};
  bound(&spool, LAST);
  assert_int_equal(dropped(), 0);
}

/* The list cannot be written: nothing is lost. */
static void where_the_disk_takes_no_list_none_goes(void **state) {
  (void)state;
  record_all();
  assert_int_equal(mkdir(test_path("/var/lib/breakglass/events/dropped"), 0700), 0);
  struct spool spool = {.limit = 1};
  bound(&spool, LAST);
  assert_true(spool.told);
  assert_int_equal(rmdir(test_path("/var/lib/breakglass/events/dropped")), 0);
  assert_int_equal(dropped(), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(the_oldest_that_are_no_taint_go_first),
      TEST(what_goes_on_now_stays_whole),
      TEST(of_taints_none_goes),
      TEST(without_a_limit_none_goes),
      TEST(where_the_disk_takes_no_list_none_goes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
