/* SPDX-License-Identifier: BSD-2-Clause */
/* The store with files that lie ready for the next events. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "breakglass/event_store.h"
#include "breakglass/file.h"
#include "breakglass/run_state.h"
#include "store_checks.h"
#include "test_paths.h"
#include "test_state.h"

#define EVENTS "/var/lib/breakglass/events"
#define HEAD "/run/breakglass/head"
#define WAITING "/run/breakglass/events/0000000001.json"
#define BLANKS 16

/* The linker puts these in the place of the calls: what the disk is waited for by. */
static struct {
  unsigned calls;
  unsigned failing; /* so many, from the first on */
  bool keeps;       /* and what was written there is not taken back, nor removed */
  unsigned writes;
  void (*before_folder)(void); /* happens before the next fsync of a folder */
} disk;

int __real_unlinkat(int dir, const char *name, int flags);
int __wrap_unlinkat(int dir, const char *name, int flags);
int __wrap_unlinkat(int dir, const char *name, int flags) {
  errno = EROFS;
  return disk.keeps ? -1 : __real_unlinkat(dir, name, flags);
}

ssize_t __real_pwrite(int fd, const void *data, size_t len, off_t at);
ssize_t __wrap_pwrite(int fd, const void *data, size_t len, off_t at);
ssize_t __wrap_pwrite(int fd, const void *data, size_t len, off_t at) {
  disk.writes++;
  errno = EROFS;
  return disk.keeps && disk.calls > 0 && len == 1 ? -1 : __real_pwrite(fd, data, len, at);
}

static bool fails(void) {
  errno = EIO;
  return disk.calls++ < disk.failing;
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd) {
  struct stat st;
  void (*before)(void) = disk.before_folder;
  if (before != NULL && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
    disk.before_folder = NULL;
    before();
  }
  return fails() ? -1 : __real_fsync(fd);
}

int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
int __wrap_fdatasync(int fd) {
  return fails() ? -1 : __real_fdatasync(fd);
}

static enum bg_durability record(uint8_t id) {
  const struct bg_session session = test_session(id);
  return test_record(&session);
}

static const char *event_path(int64_t number) {
  static char path[64];
  (void)snprintf(path, sizeof path, EVENTS "/%010lld.json", (long long)number);
  return test_path(path);
}

static int blanks_left(void) {
  return test_entries(EVENTS) - events_on_disk();
}

static int new_reserve(void **state) {
  if (new_store(state) != 0 || bg_event_store_provide() != BG_OK) {
    return -1;
  }
  memset(&disk, 0, sizeof disk);
  return 0;
}

static int end_reserve(void **state) {
  memset(&disk, 0, sizeof disk);
  return end_store(state);
}

static ino_t inode(const char *path) {
  struct stat st;
  assert_int_equal(lstat(path, &st), 0);
  return st.st_ino;
}

static void each_event_takes_its_own(void **state) {
  (void)state;
  assert_int_equal(blanks_left(), BLANKS);
  for (uint8_t i = 1; i <= BLANKS; i++) {
    ino_t blank = inode(event_path(i));
    assert_int_equal(record(i), BG_DURABLE);
    assert_int_equal(inode(event_path(i)), blank);
    assert_int_equal(blanks_left(), BLANKS - i);
  }
  assert_int_equal(disk.calls, BLANKS);             /* the disk was waited for once an event */
  assert_int_equal(record(BLANKS + 1), BG_DURABLE); /* without one, as ever */
  assert_chain(BLANKS + 1);
}

static void providing_makes_up_for_what_was_taken(void **state) {
  (void)state;
  (void)record(1);
  (void)record(2);
  assert_int_equal(bg_event_store_provide(), BG_OK);
  assert_int_equal(blanks_left(), BLANKS);
  assert_int_equal(bg_event_store_provide(), BG_OK);
  assert_int_equal(blanks_left(), BLANKS);
  (void)record(3);
  assert_chain(3);
}

/* Its maker was killed before the folder was on disk, or before it could say so. */
static void one_without_a_name_costs_the_folder(void **state) {
  (void)state;
  char blank[BG_FILE_BLANK_SIZE + 1] = {0};
  memset(blank, '\n', sizeof blank - 1);
  blank[0] = ' ';
  test_root_write(EVENTS "/0000000001.json", blank);
  assert_int_equal(bg_event_store_provide(), BG_OK);
  memset(&disk, 0, sizeof disk);
  assert_int_equal(record(1), BG_DURABLE);
  assert_int_equal(disk.calls, 1);
  test_root_write(EVENTS "/0000000002.json", blank);
  assert_int_equal(record(2), BG_DURABLE);
  assert_int_equal(disk.calls, 3);
  assert_chain(2);
}

/* What a power cut may leave of an event that nobody waited for. */
static void half_an_event_without_its_first_byte_is_a_blank(void **state) {
  (void)state;
  char half[BG_FILE_BLANK_SIZE + 1] = {0};
  memset(half, 'x', sizeof half - 1);
  half[0] = '\n';
  test_root_write(EVENTS "/0000000001.json", half);
  assert_int_equal(record(1), BG_DURABLE);
  assert_chain(1);
}

/* Each answer may take its time, and somebody waits at a prompt. */
static void a_failing_disk_is_asked_once(void **state) {
  (void)state;
  disk.failing = 1;
  assert_int_equal(record(1), BG_VOLATILE);
  assert_int_equal(disk.calls, 1);
  assert_int_equal(events_on_disk(), 0); /* a blank again */
  assert_int_equal(record(2), BG_DURABLE);
  assert_chain(2);
}

static void put_back_on_run(void) {
  struct bg_file event = {0};
  assert_int_equal(bg_file_read(event_path(1), geteuid(), BG_EVENT_MAX, &event), BG_OK);
  struct bg_bytes content = bg_file_blank_content(bg_bytes(event.data, event.len));
  assert_int_equal(bg_file_create(test_path(WAITING), content), BG_OK);
  bg_file_free(&event);
}

/* A writer that was killed behind the write has not waited for the disk: the next one does. */
static void an_event_found_written_is_brought_to_disk(void **state) {
  (void)state;
  (void)record(1);
  put_back_on_run();
  memset(&disk, 0, sizeof disk);
  (void)record(2);
  assert_int_equal(disk.calls, 3); /* the one that waited with its folder, and the new one */
  assert_int_equal(access(test_path(WAITING), F_OK), -1);
  assert_chain(2);
}

/* Who was refused for the flag is recorded all the same, and once. */
static void an_event_whose_flag_failed_is_taken_on(void **state) {
  (void)state;
  const struct bg_session session = test_session(1);
  struct bg_event event = test_opened(&session);
  enum bg_durability durability;
  assert_int_equal(mkdir(test_path("/run/breakglass/tainted"), 0700), 0);
  assert_int_not_equal(bg_event_record(&event, &durability), BG_OK);
  assert_true(test_exists(WAITING));
  assert_int_equal(rmdir(test_path("/run/breakglass/tainted")), 0);
  assert_int_equal(record(2), BG_DURABLE);
  assert_chain(2);
}

static void remove_blanks(void) {
  for (int i = 1; i <= BLANKS; i++) {
    assert_int_equal(unlink(event_path(i)), 0);
  }
}

/* Readiness is a promise, so it makes what it has not found. */
static void readiness_makes_one(void **state) {
  (void)state;
  remove_blanks();
  assert_int_equal(bg_event_store_ready(false), BG_OK);
  assert_int_equal(blanks_left(), 0);
  assert_int_equal(bg_event_store_ready(true), BG_OK);
  assert_int_equal(blanks_left(), 1);
  assert_int_equal(record(1), BG_DURABLE);
  assert_int_equal(blanks_left(), 0);
}

static void readiness_is_refused_by_a_disk_that_fails(void **state) {
  (void)state;
  remove_blanks();
  disk.failing = 1;
  assert_int_equal(bg_event_store_ready(true), BG_ERR_IO);
}

static void a_taken_number_is_passed_over(void **state) {
  (void)state;
  (void)record(1);
  test_root_write(EVENTS "/0000000002.json", "{\"from\":\"elsewhere\"}\n");
  assert_int_equal(bg_event_store_ready(true), BG_OK);
  assert_int_equal(record(3), BG_DURABLE);
  assert_int_equal(events_on_disk(), 3);
  assert_true(test_exists(EVENTS "/0000000003.json"));
  assert_int_equal(bg_event_store_provide(), BG_OK);
  assert_int_equal(blanks_left(), BLANKS);
}

/* Nor is what cannot be read: whatever it holds, nothing is written over it. */
static void what_cannot_be_read_is_passed_over(void **state) {
  (void)state;
  assert_int_equal(unlink(event_path(1)), 0);
  assert_int_equal(symlink("elsewhere", event_path(1)), 0);
  assert_int_equal(chmod(event_path(2), 0620), 0);
  assert_int_equal(bg_event_store_ready(true), BG_OK);
  assert_int_equal(record(1), BG_DURABLE);
  assert_true(test_exists(EVENTS "/0000000003.json"));
}

static int64_t settled_last(void) {
  int64_t last = 0;
  assert_int_equal(bg_event_store_settle(&last), BG_OK);
  return last;
}

/* Before it is its turn it is nobody's: it may be read again by then. */
static void an_unreadable_blank_moves_nobody(void **state) {
  (void)state;
  (void)record(1);
  assert_int_equal(chmod(event_path(9), 0620), 0);
  assert_int_equal(settled_last(), 1);
  assert_int_equal(unlink(test_path(HEAD)), 0); /* as after a reboot */
  assert_int_equal(settled_last(), 1);
  assert_int_equal(record(2), BG_DURABLE);
  assert_chain(2);
}

/* The last number of all, and the first that a copy of an event stands under. */
static void files_far_ahead_move_nobody(void **state) {
  (void)state;
  (void)record(1);
  test_root_write(EVENTS "/9999999999.json", "");
  assert_int_equal(link(event_path(1), event_path(9999999998)), 0);
  assert_int_equal(settled_last(), 1);
  assert_int_equal(unlink(test_path(HEAD)), 0);
  assert_int_equal(settled_last(), 1);
  assert_int_equal(record(2), BG_DURABLE);
  assert_true(test_exists(EVENTS "/0000000002.json"));
  assert_int_equal(unlink(event_path(9999999999)), 0);
  assert_int_equal(unlink(event_path(9999999998)), 0);
  assert_chain(2);
}

/* Of a writer who was killed before the head was saved. */
static void readiness_takes_no_event_for_a_blank(void **state) {
  (void)state;
  struct bg_file head = {0};
  (void)record(1);
  assert_int_equal(bg_file_read(test_path(HEAD), geteuid(), 65536, &head), BG_OK);
  (void)record(2);
  assert_int_equal(bg_file_replace(test_path(HEAD), 0600, bg_bytes(head.data, head.len)), BG_OK);
  bg_file_free(&head);
  for (int i = 3; i <= BLANKS; i++) {
    assert_int_equal(unlink(event_path(i)), 0);
  }
  memset(&disk, 0, sizeof disk);
  disk.failing = 100;
  assert_int_equal(bg_event_store_ready(true), BG_ERR_IO);
  disk.failing = 0;
  assert_int_equal(bg_event_store_ready(true), BG_OK);
  assert_int_equal(record(3), BG_DURABLE);
  assert_chain(3);
}

static void record_and_fail(void) {
  assert_int_equal(record(1), BG_DURABLE);
  disk.failing = UINT_MAX;
}

/* Whoever makes the files has no lock: what has come into one stays, whatever the disk says then.
 */
static void an_event_stays_though_its_maker_fails(void **state) {
  (void)state;
  remove_blanks();
  memset(&disk, 0, sizeof disk);
  disk.before_folder = record_and_fail;
  assert_int_equal(bg_event_store_provide(), BG_ERR_IO);
  disk.failing = 0;
  assert_chain(1);
}

static void providing_what_is_there_writes_nothing(void **state) {
  (void)state;
  disk.writes = 0;
  assert_int_equal(bg_event_store_provide(), BG_OK);
  assert_int_equal(disk.writes, 0);
  assert_int_equal(disk.calls, 0);
}

/* The clock was ahead when they were made. */
static void blanks_say_nothing_of_the_time(void **state) {
  (void)state;
  const struct timespec times[2] = {{.tv_sec = 4102444800}, {.tv_sec = 4102444800}};
  int64_t now = bg_clock_now();
  int64_t epoch = 0;
  for (int i = 1; i <= BLANKS; i++) {
    assert_int_equal(utimensat(AT_FDCWD, event_path(i), times, 0), 0);
  }
  assert_int_equal(rmdir(test_path("/run/breakglass/spent")), 0);
  assert_int_equal(bg_run_state_prepare(now, &epoch), BG_OK);
  assert_int_equal(epoch, now);
}

static void what_waited_takes_its_own(void **state) {
  (void)state;
  (void)record(1);
  assert_int_equal(rename(test_path(EVENTS), test_path("/away")), 0);
  assert_int_equal(record(2), BG_VOLATILE);
  assert_int_equal(record(3), BG_VOLATILE);
  assert_int_equal(rename(test_path("/away"), test_path(EVENTS)), 0);
  ino_t blank = inode(event_path(3));
  assert_int_equal(bg_event_store_ready(true), BG_OK);
  assert_int_equal(record(4), BG_DURABLE);
  assert_int_equal(inode(event_path(3)), blank);
  assert_int_equal(blanks_left(), BLANKS - 4);
  assert_chain(4);
}

static void an_event_that_does_not_come_to_disk_waits(void **state) {
  (void)state;
  (void)record(1);
  put_back_on_run();
  memset(&disk, 0, sizeof disk);
  disk.failing = 1;
  assert_int_equal(record(2), BG_VOLATILE); /* behind one that waits */
  assert_int_equal(access(test_path(WAITING), F_OK), 0);
  assert_int_equal(record(3), BG_DURABLE);
  assert_chain(3);
}

struct seen {
  enum bg_event_place place;
  int count;
};

static bool see(void *context, const struct bg_stored_event *event) {
  struct seen *seen = context;
  seen->place = event->place;
  seen->count++;
  return true;
}

/* A disk that turned read-only while the event was brought there keeps it. */
static void an_attempt_that_stays_does_not_count(void **state) {
  (void)state;
  struct seen seen = {0};
  disk.failing = 1;
  disk.keeps = true;
  assert_int_equal(record(1), BG_VOLATILE);
  assert_int_equal(events_on_disk(), 1);
  assert_int_equal(bg_events_each(see, &seen), BG_OK);
  assert_int_equal(seen.count, 1);
  assert_int_equal(seen.place, BG_EVENT_ON_RUN);
  disk.keeps = false;
  assert_int_equal(record(2), BG_DURABLE);
  assert_chain(2); /* it is there once */
}

/* What waits goes to disk before anything is promised of the next. */
static void readiness_brings_what_waits_to_disk(void **state) {
  (void)state;
  remove_blanks();
  assert_int_equal(rename(test_path(EVENTS), test_path("/away")), 0);
  assert_int_equal(record(1), BG_VOLATILE);
  assert_int_equal(bg_event_store_ready(false), BG_OK);
  assert_int_equal(bg_event_store_ready(true), BG_ERR_IO);
  assert_int_equal(rename(test_path("/away"), test_path(EVENTS)), 0);
  assert_int_equal(bg_event_store_ready(true), BG_OK);
  assert_int_equal(events_on_disk(), 1);
  assert_int_equal(blanks_left(), 1);
  assert_int_equal(record(2), BG_DURABLE);
  assert_chain(2);
}

static void the_largest_event_takes_one(void **state) {
  (void)state;
  static char groups[40][BG_NAME_SIZE];
  for (size_t i = 0; i < 40; i++) {
    memset(groups[i], 'g', BG_NAME_SIZE - 1);
  }
  struct bg_session session = test_session(1);
  struct bg_host host = {"host-1", (const char(*)[BG_NAME_SIZE])groups, 40};
  struct bg_event event = test_opened(&session);
  enum bg_durability durability;
  ino_t blank = inode(event_path(1));
  event.host = &host;
  assert_int_equal(bg_event_record(&event, &durability), BG_OK);
  assert_int_equal(durability, BG_DURABLE);
  assert_int_equal(inode(event_path(1)), blank);
  assert_int_equal(record(2), BG_DURABLE);
  assert_chain(2);
}

static void a_folder_that_is_not_safe_gets_none(void **state) {
  (void)state;
  assert_int_equal(chmod(test_path(EVENTS), 0770), 0);
  assert_int_equal(bg_event_store_provide(), BG_ERR_UNSAFE);
  assert_int_equal(rename(test_path(EVENTS), test_path("/away")), 0);
  assert_int_equal(bg_event_store_provide(), BG_ERR_NOT_FOUND);
}

/* To those who read the store a blank is nothing. */
static void readers_see_no_blank(void **state) {
  (void)state;
  struct seen seen = {0};
  assert_int_equal(bg_events_each(see, &seen), BG_OK);
  assert_int_equal(seen.count, 0);
  (void)record(1);
  assert_int_equal(unlink(test_path("/run/breakglass/head")), 0);
  (void)record(2);
  assert_int_equal(bg_events_each(see, &seen), BG_OK);
  assert_int_equal(seen.count, 2);
  assert_chain(2);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, new_reserve, end_reserve)
  const struct CMUnitTest tests[] = {
      TEST(each_event_takes_its_own),
      TEST(providing_makes_up_for_what_was_taken),
      TEST(one_without_a_name_costs_the_folder),
      TEST(half_an_event_without_its_first_byte_is_a_blank),
      TEST(a_failing_disk_is_asked_once),
      TEST(readiness_makes_one),
      TEST(readiness_is_refused_by_a_disk_that_fails),
      TEST(a_taken_number_is_passed_over),
      TEST(what_cannot_be_read_is_passed_over),
      TEST(an_unreadable_blank_moves_nobody),
      TEST(files_far_ahead_move_nobody),
      TEST(readiness_takes_no_event_for_a_blank),
      TEST(an_event_stays_though_its_maker_fails),
      TEST(providing_what_is_there_writes_nothing),
      TEST(blanks_say_nothing_of_the_time),
      TEST(an_event_found_written_is_brought_to_disk),
      TEST(an_event_whose_flag_failed_is_taken_on),
      TEST(what_waited_takes_its_own),
      TEST(an_event_that_does_not_come_to_disk_waits),
      TEST(an_attempt_that_stays_does_not_count),
      TEST(readiness_brings_what_waits_to_disk),
      TEST(the_largest_event_takes_one),
      TEST(a_folder_that_is_not_safe_gets_none),
      TEST(readers_see_no_blank),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
