/* SPDX-License-Identifier: BSD-2-Clause */
/* Events whose files were given up. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "breakglass/event_store.h"
#include "breakglass/run_state.h"
#include "store_checks.h"
#include "test_paths.h"
#include "test_state.h"

#define EVENTS "/var/lib/breakglass/events"
#define LIST EVENTS "/dropped"
#define LAST 6

/* The linker puts this in the place of fsync(2). */
static bool disk_fails;
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd) {
  errno = ENOSPC;
  return disk_fails ? -1 : __real_fsync(fd);
}
#define REMNANT "{\"token_id\":\"%s\"}\n"

/* The hash of each event, as it was recorded. */
static uint8_t hashes[LAST + 1][BG_EVENT_HASH_SIZE];

static const char *event_path(int64_t number) {
  static char path[64];
  (void)snprintf(path, sizeof path, EVENTS "/%010lld.json", (long long)number);
  return test_path(path);
}

static int set_up(void **state) {
  (void)state;
  test_host_of(LAST);
  for (int64_t number = 1; number <= LAST; number++) {
    struct bg_file file = {0};
    enum bg_event_place place;
    if (bg_event_get(number, &file, &place) != BG_OK) {
      return -1;
    }
    bg_event_hash(bg_bytes(file.data, file.len), hashes[number]);
    bg_file_free(&file);
  }
  return 0;
}

static struct bg_event_remnant remnant(int64_t number) {
  static char lines[LAST + 2][96];
  uint8_t id[BG_TOKEN_ID_SIZE];
  char hex[2 * sizeof id + 1];
  memset(id, (int)number, sizeof id);
  bg_hex(bg_bytes(id, sizeof id), hex);
  (void)snprintf(lines[number], sizeof lines[0], REMNANT, hex);
  return (struct bg_event_remnant){number, bg_bytes_of(lines[number])};
}

static enum bg_error drop(int64_t number) {
  const struct bg_event_remnant item = remnant(number);
  return bg_events_drop(&item, 1);
}

/* What a reader sees: a letter each, of a file, of what was dropped, of what nobody knows. */
struct seen {
  char letters[LAST + 2];
  int count;
  int64_t last;
  int64_t drops_at;        /* while that one is seen, these are dropped; 0: none */
  int64_t dropped_then[2]; /* 0: none */
};

static void see_dropped(const struct bg_stored_event *event) {
  const struct bg_bytes line = remnant(event->number).line;
  assert_memory_equal(event->hash, hashes[event->number], sizeof event->hash);
  assert_int_equal(event->bytes.len, line.len);
  assert_memory_equal(event->bytes.data, line.data, line.len);
}

static bool see(void *context, const struct bg_stored_event *event) {
  struct seen *seen = context;
  const bool dropped = event->place == BG_EVENT_DROPPED;
  if (dropped && event->error != BG_OK) {
    assert_int_equal(event->bytes.len, 0);
    seen->letters[seen->count++] = '?';
    return true;
  }
  assert_true(event->number > seen->last); /* in order, none twice */
  seen->last = event->number;
  seen->letters[seen->count++] = dropped ? 'd' : 'f';
  if (dropped) {
    see_dropped(event);
  }
  for (int i = 0; i < 2 && event->number == seen->drops_at; i++) {
    assert_true(seen->dropped_then[i] == 0 || drop(seen->dropped_then[i]) == BG_OK);
  }
  return true;
}

static void assert_seen(const char *letters) {
  struct seen seen = {0};
  assert_int_equal(bg_events_each(see, &seen), BG_OK);
  assert_string_equal(seen.letters, letters);
}

static void what_is_left_of_them_is_seen_in_their_place(void **state) {
  (void)state;
  const struct bg_event_remnant two[] = {remnant(2), remnant(3)};
  assert_seen("ffffff");
  assert_int_equal(bg_events_drop(two, 2), BG_OK);
  assert_seen("fddfff");
  assert_int_equal(drop(5), BG_OK);
  assert_int_equal(drop(1), BG_OK); /* one that was passed over before */
  assert_seen("dddfdf");
  assert_false(test_exists(EVENTS "/0000000002.json"));
  enum bg_event_place place;
  struct bg_file file = {0};
  assert_int_equal(bg_event_get(2, &file, &place), BG_ERR_NOT_FOUND);
}

static void numbers_go_on_behind_them(void **state) {
  (void)state;
  const struct bg_session session = test_session(9);
  assert_int_equal(drop(5), BG_OK);
  assert_int_equal(unlink(test_path("/run/breakglass/head")), 0); /* as after a boot */
  assert_int_equal(test_record(&session), BG_DURABLE);
  assert_true(test_exists(EVENTS "/0000000007.json"));
}

/* Killed between the two steps: the file is there and on the list. */
static void a_file_that_is_still_there_counts(void **state) {
  (void)state;
  assert_int_equal(link(event_path(2), test_path("/kept")), 0);
  assert_int_equal(drop(2), BG_OK);
  assert_int_equal(rename(test_path("/kept"), event_path(2)), 0);
  assert_seen("ffffff");
  assert_int_equal(drop(2), BG_OK);
  assert_seen("fdffff");
}

static void one_dropped_while_they_are_read_is_not_missed(void **state) {
  (void)state;
  struct seen seen = {.drops_at = 1, .dropped_then = {4}};
  assert_int_equal(drop(2), BG_OK);
  assert_int_equal(bg_events_each(see, &seen), BG_OK);
  assert_string_equal(seen.letters, "fdfdff");
}

/* 3 was seen as a file already when the list is read anew for 4. */
static void none_is_seen_twice(void **state) {
  (void)state;
  struct seen seen = {.drops_at = 3, .dropped_then = {3, 4}};
  assert_int_equal(bg_events_each(see, &seen), BG_OK);
  assert_string_equal(seen.letters, "fffdff");
}

/* More may have been dropped, which is said. */
static void what_is_no_line_ends_the_list(void **state) {
  (void)state;
  assert_int_equal(drop(2), BG_OK);
  FILE *list = fopen(test_path(LIST), "a");
  assert_non_null(list);
  assert_true(fputs("0000000003 short {}\n0000000004 torn", list) >= 0);
  assert_int_equal(fclose(list), 0);
  assert_seen("fdffff?");
  assert_int_equal(drop(4), BG_ERR_SYNTAX); /* it would be all that is left of the list */
  assert_seen("fdffff?");
}

static void without_a_list_nothing_is_removed(void **state) {
  (void)state;
  assert_int_equal(mkdir(test_path(LIST), 0700), 0);
  assert_int_not_equal(drop(2), BG_OK);
  assert_true(test_exists(EVENTS "/0000000002.json"));
  assert_int_equal(rmdir(test_path(LIST)), 0);
  assert_seen("ffffff");
  disk_fails = true;
  assert_int_equal(drop(2), BG_ERR_IO);
  disk_fails = false;
  assert_true(test_exists(EVENTS "/0000000002.json"));
  assert_seen("ffffff");
}

static void the_last_one_stays(void **state) {
  (void)state;
  const struct bg_event_remnant two[] = {remnant(2), remnant(LAST)};
  assert_int_equal(bg_events_drop(two, 2), BG_ERR_RANGE);
  assert_int_equal(drop(LAST + 1), BG_ERR_RANGE);
  assert_seen("ffffff");
}

static void others_lists_are_not_believed(void **state) {
  (void)state;
  assert_int_equal(drop(5), BG_OK);
  assert_int_equal(chmod(test_path(LIST), 0620), 0);
  assert_seen("fffff?");
  assert_int_equal(drop(2), BG_ERR_UNSAFE);
  assert_int_equal(chmod(test_path(LIST), 0600), 0);
  assert_seen("ffffdf");
}

/* Of somebody who was held up while he made files for the next events. */
static void a_blank_in_its_place_hides_none(void **state) {
  (void)state;
  char blank[BG_FILE_BLANK_SIZE + 1];
  memset(blank, '\n', BG_FILE_BLANK_SIZE);
  blank[BG_FILE_BLANK_SIZE] = '\0';
  assert_int_equal(drop(2), BG_OK);
  test_root_write(EVENTS "/0000000002.json", blank);
  assert_seen("fdffff");
}

/* A token is not unused because its event was dropped. */
static void they_prove_no_token_unused(void **state) {
  (void)state;
  const struct timespec later = {.tv_sec = bg_clock_now() + 60};
  uint8_t known[BG_TOKEN_ID_SIZE];
  uint8_t unknown[BG_TOKEN_ID_SIZE];
  memset(known, 2, sizeof known);
  memset(unknown, 99, sizeof unknown);
  assert_int_equal(bg_stamp_write(bg_paths()->boot_proof, bg_paths()->owner, later), BG_OK);
  assert_int_equal(drop(2), BG_OK);
  assert_true(bg_event_store_proves_unused(NULL, unknown, bg_clock_now()));
  assert_false(bg_event_store_proves_unused(NULL, known, bg_clock_now()));
}

static void the_size_is_that_of_all_files(void **state) {
  (void)state;
  int64_t before = 0;
  int64_t after = 0;
  assert_int_equal(bg_event_store_size(&before), BG_OK);
  assert_true(before >= INT64_C(512) * LAST);
  assert_int_equal(drop(1), BG_OK);
  assert_int_equal(drop(2), BG_OK);
  assert_int_equal(drop(3), BG_OK);
  assert_int_equal(bg_event_store_size(&after), BG_OK);
  assert_true(after < before);
  assert_int_equal(rename(test_path(EVENTS), test_path("/away")), 0);
  assert_int_equal(bg_event_store_size(&after), BG_ERR_IO);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, end_store)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(what_is_left_of_them_is_seen_in_their_place),
      TEST(numbers_go_on_behind_them),
      TEST(a_file_that_is_still_there_counts),
      TEST(one_dropped_while_they_are_read_is_not_missed),
      TEST(none_is_seen_twice),
      TEST(what_is_no_line_ends_the_list),
      TEST(without_a_list_nothing_is_removed),
      TEST(the_last_one_stays),
      TEST(others_lists_are_not_believed),
      TEST(a_blank_in_its_place_hides_none),
      TEST(they_prove_no_token_unused),
      TEST(the_size_is_that_of_all_files),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
