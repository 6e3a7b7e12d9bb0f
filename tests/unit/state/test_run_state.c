/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "breakglass/lock.h"
#include "breakglass/run_state.h"
#include "test_paths.h"
#include "test_state.h"

static int new_host(void **state) {
  (void)state;
  (void)test_root_create();
  return 0;
}

static int end_host(void **state) {
  (void)state;
  test_root_remove();
  return 0;
}

static const uint8_t some_id[BG_TOKEN_ID_SIZE] = {1, 2, 3};

static void token_is_spent_once(void **state) {
  (void)state;
  int64_t epoch;
  assert_int_equal(bg_spent_consume(some_id), BG_ERR_IO); /* no store yet */
  assert_int_equal(bg_run_state_prepare(bg_clock_now(), &epoch), BG_OK);
  assert_false(bg_spent_has(some_id));
  assert_int_equal(bg_spent_consume(some_id), BG_OK);
  assert_true(bg_spent_has(some_id));
  assert_int_equal(bg_spent_consume(some_id), BG_REFUSED_ALREADY_USED);
}

static void epoch_stays(void **state) {
  (void)state;
  int64_t now = bg_clock_now();
  int64_t epoch = 0;
  assert_int_equal(bg_run_state_prepare(now, &epoch), BG_OK);
  assert_int_equal(epoch, now);
  assert_int_equal(bg_run_state_prepare(now + 1000, &epoch), BG_OK);
  assert_int_equal(epoch, now);
}

/* Either alone proves nothing about the time before. What is known to be spent stays so. */
static void half_a_store_begins_anew(void **state) {
  (void)state;
  int64_t now = bg_clock_now();
  int64_t epoch = 0;
  assert_int_equal(bg_run_state_prepare(now, &epoch), BG_OK);
  assert_int_equal(bg_spent_consume(some_id), BG_OK);
  assert_int_equal(unlink(test_path("/run/breakglass/epoch")), 0);
  assert_int_equal(bg_run_state_prepare(now + 100, &epoch), BG_OK);
  assert_int_equal(epoch, now + 100);
  assert_true(bg_spent_has(some_id));
  assert_int_equal(unlink(test_path("/run/breakglass/spent/01020300000000000000000000000000")), 0);
  assert_int_equal(rmdir(test_path("/run/breakglass/spent")), 0);
  assert_int_equal(bg_run_state_prepare(now + 200, &epoch), BG_OK);
  assert_int_equal(epoch, now + 200);
  assert_int_equal(chmod(test_path("/run/breakglass/epoch"), 0622), 0);
  assert_int_equal(bg_run_state_prepare(now + 300, &epoch), BG_OK);
  assert_int_equal(epoch, now + 300);
}

/* At an epoch of 0 nothing would be judged. */
static void impossible_epochs_count_as_none(void **state) {
  (void)state;
  static const time_t impossible[] = {0, -1};
  int64_t now = bg_clock_now();
  int64_t epoch = 0;
  assert_int_equal(bg_run_state_prepare(now, &epoch), BG_OK);
  for (size_t i = 0; i < sizeof impossible / sizeof impossible[0]; i++) {
    const struct timespec times[2] = {{.tv_sec = impossible[i]}, {.tv_sec = impossible[i]}};
    assert_int_equal(utimensat(AT_FDCWD, test_path("/run/breakglass/epoch"), times, 0), 0);
    assert_int_equal(bg_run_state_prepare(now + 100, &epoch), BG_OK);
    assert_int_equal(epoch, now + 100);
  }
}

/* With a clock that is behind, used tokens would count as younger than the store. */
static void epoch_is_not_before_the_mark(void **state) {
  (void)state;
  int64_t now = bg_clock_now();
  int64_t epoch = 0;
  assert_int_equal(bg_mark_raise(now), BG_OK);
  assert_int_equal(bg_run_state_prepare(1000, &epoch), BG_OK);
  assert_int_equal(epoch, now);
}

/* Without the boot unit and with a clock set back: what the disk knows to be used
 * is older than the store. */
static void epoch_is_behind_the_newest_event(void **state) {
  (void)state;
  int64_t epoch = 0;
  const struct bg_session session = test_session(1);
  assert_int_equal(bg_run_state_prepare(session.accepted - 900, &epoch), BG_OK);
  assert_int_equal(test_record(&session), BG_DURABLE);
  assert_int_equal(rmdir(test_path("/run/breakglass/spent")), 0);
  assert_int_equal(bg_run_state_prepare(session.accepted - 90, &epoch), BG_OK);
  assert_true(epoch > session.accepted);
}

static void folders_must_be_ours_alone(void **state) {
  (void)state;
  static const char *const folders[] = {"/run/breakglass/spent", "/run/breakglass/grants",
                                        "/run/breakglass/sessions", "/run/breakglass/events"};
  int64_t epoch = -1;
  assert_int_equal(bg_run_state_prepare(1, &epoch), BG_OK);
  for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
    assert_int_equal(chmod(test_path(folders[i]), 0750), 0);
    /* The store is looked at each time, all folders when it begins. */
    assert_int_equal(bg_run_state_prepare(1, &epoch), i == 0 ? BG_ERR_UNSAFE : BG_OK);
    assert_int_equal(unlink(test_path("/run/breakglass/epoch")), 0);
    assert_int_equal(bg_run_state_prepare(1, &epoch), BG_ERR_UNSAFE);
    assert_int_equal(chmod(test_path(folders[i]), 0700), 0);
    assert_int_equal(rename(test_path(folders[i]), test_path("/aside")), 0);
    assert_int_equal(symlink(test_path("/aside"), test_path(folders[i])), 0);
    assert_int_equal(bg_run_state_prepare(1, &epoch), BG_ERR_UNSAFE);
    assert_int_equal(unlink(test_path(folders[i])), 0);
    assert_int_equal(rename(test_path("/aside"), test_path(folders[i])), 0);
    assert_int_equal(bg_run_state_prepare(1, &epoch), BG_OK);
  }
  assert_int_equal(chmod(test_path("/run/breakglass"), 0777), 0);
  assert_int_equal(bg_run_state_prepare(1, &epoch), BG_ERR_UNSAFE);
}

static void no_run_folder_no_state(void **state) {
  (void)state;
  int64_t epoch = -1;
  assert_int_equal(rmdir(test_path("/run/breakglass")), 0);
  assert_int_equal(bg_run_state_prepare(1, &epoch), BG_ERR_IO);
  assert_int_equal(epoch, -1);
}

static void mark_only_rises(void **state) {
  (void)state;
  int64_t built = bg_clock_built();
  assert_int_equal(bg_mark_read(), built);
  assert_int_equal(bg_mark_raise(built - 5), BG_OK);
  assert_int_equal(bg_mark_read(), built);
  assert_int_equal(bg_mark_raise(built + 500), BG_OK);
  assert_int_equal(bg_mark_raise(built + 400), BG_OK);
  assert_int_equal(bg_mark_read(), built + 500);
}

static void unreadable_mark_trusts_no_clock(void **state) {
  (void)state;
  assert_int_equal(bg_mark_raise(bg_clock_built() + 5), BG_OK);
  assert_int_equal(chmod(test_path("/run/breakglass/mark"), 0622), 0);
  assert_int_equal(bg_mark_read(), BG_TIME_MAX);
}

static void challenge_stays_for_an_hour(void **state) {
  (void)state;
  struct bg_challenges first;
  struct bg_challenges second;
  assert_int_equal(bg_challenges_read(&first), BG_OK);
  assert_int_equal(first.count, 1);
  assert_int_equal(bg_challenges_read(&second), BG_OK);
  assert_int_equal(second.count, 1);
  assert_memory_equal(first.values[0], second.values[0], BG_NONCE_SIZE);
}

/* The file's layout: two entries of time of boot and value, newest first. */
struct entry {
  int64_t made;
  uint8_t value[BG_NONCE_SIZE];
};

static void write_challenges(int64_t age, int64_t older_age) {
  int64_t now = bg_clock_boottime();
  const struct entry entries[2] = {{now - age, {1}},
                                   {older_age < 0 ? INT64_MIN : now - older_age, {2}}};
  FILE *file = fopen(test_path("/run/breakglass/challenge"), "w");
  assert_non_null(file);
  assert_int_equal(fwrite(entries, sizeof entries, 1, file), 1);
  assert_int_equal(fclose(file), 0);
}

static void challenges_end(void **state) {
  (void)state;
  struct bg_challenges found;
  write_challenges(3700, -1);
  assert_int_equal(bg_challenges_read(&found), BG_OK);
  assert_int_equal(found.count, 2);
  assert_int_equal(found.values[1][0], 1);
  assert_int_not_equal(found.values[0][0] | found.values[0][1] | found.values[0][2], 0);
  write_challenges(7300, -1);
  assert_int_equal(bg_challenges_read(&found), BG_OK);
  assert_int_equal(found.count, 1);
  write_challenges(100, 7300);
  assert_int_equal(bg_challenges_read(&found), BG_OK);
  assert_int_equal(found.count, 1);
  assert_int_equal(found.values[0][0], 1);
}

static void told_once_each(void **state) {
  (void)state;
  const struct bg_process first = {.pid = 100, .start = 5};
  const struct bg_process same_slot = {.pid = 356, .start = 5};
  const struct bg_process same_pid = {.pid = 100, .start = 6};
  assert_false(bg_told_before(&first));
  assert_true(bg_told_before(&first));
  assert_false(bg_told_before(&same_pid));
  assert_false(bg_told_before(&same_slot));
  assert_false(bg_told_before(&first)); /* told twice at worst */
  struct stat st;
  assert_int_equal(stat(test_path("/run/breakglass/told"), &st), 0);
  assert_true(st.st_size <= 4096);
}

static void lock_is_waited_for_two_seconds(void **state) {
  (void)state;
  int lock = -1;
  int other = -1;
  assert_int_equal(bg_lock_take(test_path("/run/breakglass/lock"), &lock), BG_OK);
  int64_t begin = bg_clock_boottime();
  assert_int_equal(bg_lock_take(test_path("/run/breakglass/lock"), &other), BG_ERR_BUSY);
  assert_in_range(bg_clock_boottime() - begin, 1, 4);
  assert_int_equal(other, -1);
  (void)close(lock);
  assert_int_equal(bg_lock_take(test_path("/run/breakglass/lock"), &other), BG_OK);
  (void)close(other);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, new_host, end_host)
  const struct CMUnitTest tests[] = {
      TEST(token_is_spent_once),
      TEST(epoch_stays),
      TEST(half_a_store_begins_anew),
      TEST(impossible_epochs_count_as_none),
      TEST(epoch_is_not_before_the_mark),
      TEST(epoch_is_behind_the_newest_event),
      TEST(folders_must_be_ours_alone),
      TEST(no_run_folder_no_state),
      TEST(mark_only_rises),
      TEST(unreadable_mark_trusts_no_clock),
      TEST(challenge_stays_for_an_hour),
      TEST(challenges_end),
      TEST(told_once_each),
      TEST(lock_is_waited_for_two_seconds),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
