/* SPDX-License-Identifier: BSD-2-Clause */
/* The store with files that lie ready for the next events. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
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
#define WAITING "/run/breakglass/events/0000000001.json"
#define SLOTS 16

/* The linker puts this in the place of fsync(): what a slot is brought to disk by. */
static struct {
  unsigned calls;
  unsigned failing; /* so many, from the first on */
  bool keeps;       /* and lets nothing be removed */
} disk;

int __real_unlinkat(int dir, const char *name, int flags);
int __wrap_unlinkat(int dir, const char *name, int flags);
int __wrap_unlinkat(int dir, const char *name, int flags) {
  errno = EROFS;
  return disk.keeps ? -1 : __real_unlinkat(dir, name, flags);
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd) {
  errno = EIO;
  return disk.calls++ < disk.failing ? -1 : __real_fsync(fd);
}

static enum bg_durability record(uint8_t id) {
  const struct bg_session session = test_session(id);
  return test_record(&session);
}

static int is_slot(const struct dirent *entry) {
  return strncmp(entry->d_name, ".slot.", 6) == 0;
}

static int slots_left(void) {
  struct dirent **entries = NULL;
  int count = scandir(test_path(EVENTS), &entries, is_slot, NULL);
  for (int i = 0; i < count; i++) {
    free(entries[i]);
  }
  free(entries);
  return count;
}

static const char *event_path(int64_t number) {
  static char path[64];
  (void)snprintf(path, sizeof path, EVENTS "/%010lld.json", (long long)number);
  return test_path(path);
}

static int new_reserve(void **state) {
  return new_store(state) == 0 && bg_event_store_provide() == BG_OK ? 0 : -1;
}

static void each_event_takes_one(void **state) {
  (void)state;
  assert_int_equal(slots_left(), SLOTS);
  for (uint8_t i = 1; i <= SLOTS; i++) {
    assert_int_equal(record(i), BG_DURABLE);
    assert_int_equal(slots_left(), SLOTS - i);
  }
  assert_int_equal(record(SLOTS + 1), BG_DURABLE); /* without one, as ever */
  assert_chain(SLOTS + 1);
}

static void providing_makes_up_for_what_was_taken(void **state) {
  (void)state;
  (void)record(1);
  (void)record(2);
  assert_int_equal(bg_event_store_provide(), BG_OK);
  assert_int_equal(slots_left(), SLOTS);
  assert_int_equal(bg_event_store_provide(), BG_OK);
  assert_int_equal(slots_left(), SLOTS);
  (void)record(3);
  assert_chain(3);
}

#define FIRST EVENTS "/.slot.000000001"
#define SECOND EVENTS "/.slot.000000002"

static ino_t inode(const char *path) {
  struct stat st;
  assert_int_equal(lstat(path, &st), 0);
  return st.st_ino;
}

/* Cut by a writer who was then killed. */
static void a_short_slot_is_passed_over_and_made_anew(void **state) {
  (void)state;
  test_root_write(FIRST, "{\"specversion\"");
  ino_t next = inode(test_path(SECOND));
  assert_int_equal(record(1), BG_DURABLE);
  assert_int_equal(inode(event_path(1)), next);
  assert_int_equal(slots_left(), SLOTS - 1);
  test_root_write(SECOND, "");
  assert_int_equal(bg_event_store_provide(), BG_OK);
  assert_int_equal(record(2), BG_DURABLE);
  assert_int_equal(slots_left(), SLOTS - 1);
  assert_chain(2);
}

/* Readable by others, under a second name, a link to elsewhere. */
static void spoil(int number) {
  char slot[64];
  char second[64];
  (void)snprintf(slot, sizeof slot, EVENTS "/.slot.%09d", number);
  (void)snprintf(second, sizeof second, "/second.%d", number);
  switch (number % 3) {
  case 0:
    assert_int_equal(chmod(test_path(slot), 0640), 0);
    break;
  case 1:
    assert_int_equal(link(test_path(slot), test_path(second)), 0);
    break;
  default:
    assert_int_equal(rename(test_path(slot), test_path(second)), 0);
    assert_int_equal(symlink(test_path(second), test_path(slot)), 0);
  }
}

/* Whatever stands in a slot's place holds up no event while there is another. */
static void what_is_no_slot_is_passed_over_and_made_anew(void **state) {
  (void)state;
  for (int i = 1; i < SLOTS; i++) {
    spoil(i);
  }
  ino_t good = inode(test_path(EVENTS "/.slot.000000000"));
  assert_int_equal(bg_event_store_ready(true), BG_OK);
  assert_int_equal(record(1), BG_DURABLE);
  assert_int_equal(inode(event_path(1)), good);
  assert_int_equal(bg_event_store_provide(), BG_OK);
  assert_int_equal(slots_left(), SLOTS);
  assert_int_equal(record(2), BG_DURABLE);
  assert_int_equal(slots_left(), SLOTS - 1);
  assert_chain(2);
}

/* Each answer may take its time, and somebody waits at a prompt. */
static void a_failing_disk_is_asked_once(void **state) {
  (void)state;
  disk.calls = 0;
  disk.failing = 1;
  enum bg_durability durability = record(1);
  assert_int_equal(durability, BG_DURABLE); /* in a new file, after all */
  assert_int_equal(disk.calls, 3);          /* the slot, the file, the folder */
  assert_int_equal(slots_left(), SLOTS - 1);
  assert_chain(1);
}

static void put_back_on_run(void) {
  struct bg_file event = {0};
  assert_int_equal(bg_file_read(event_path(1), geteuid(), BG_EVENT_MAX, &event), BG_OK);
  assert_int_equal(bg_file_create(test_path(WAITING), bg_bytes(event.data, event.len)), BG_OK);
  bg_file_free(&event);
}

/* A writer that was killed behind the name has not waited for the disk: the next one does. */
static void an_event_found_named_is_brought_to_disk(void **state) {
  (void)state;
  (void)record(1);
  put_back_on_run();
  disk.calls = 0;
  disk.failing = 0;
  (void)record(2);
  assert_int_equal(disk.calls, 4); /* the one that waited, the new one, and the folder for each */
  assert_int_equal(access(test_path(WAITING), F_OK), -1);
  assert_chain(2);
}

static void remove_slots(void) {
  for (int i = 0; i < SLOTS; i++) {
    char path[64];
    (void)snprintf(path, sizeof path, EVENTS "/.slot.%09d", i);
    assert_int_equal(unlink(test_path(path)), 0);
  }
}

/* Readiness is a promise, so it makes the slot that it has not found. */
static void readiness_makes_one(void **state) {
  (void)state;
  remove_slots();
  assert_int_equal(bg_event_store_ready(false), BG_OK);
  assert_int_equal(slots_left(), 0);
  assert_int_equal(bg_event_store_ready(true), BG_OK);
  assert_int_equal(slots_left(), 1);
  assert_int_equal(record(1), BG_DURABLE);
  assert_int_equal(slots_left(), 0);
}

static void a_taken_number_costs_a_slot(void **state) {
  (void)state;
  (void)record(1);
  test_root_write(EVENTS "/0000000002.json", "{\"from\":\"elsewhere\"}\n");
  assert_int_equal(record(3), BG_DURABLE);
  assert_true(test_exists(EVENTS "/0000000003.json"));
  assert_int_equal(slots_left(), SLOTS - 3);
  assert_int_equal(bg_event_store_provide(), BG_OK);
  assert_int_equal(slots_left(), SLOTS);
}

static void an_event_that_does_not_come_to_disk_waits(void **state) {
  (void)state;
  (void)record(1);
  put_back_on_run();
  disk.calls = 0;
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

/* A disk that turned read-only while the event was brought there keeps the name. */
static void an_attempt_that_stays_does_not_count(void **state) {
  (void)state;
  struct seen seen = {0};
  disk.calls = 0;
  disk.failing = 2; /* the slot, the file */
  disk.keeps = true;
  assert_int_equal(record(1), BG_VOLATILE);
  assert_int_equal(access(event_path(1), F_OK), 0);
  assert_int_equal(bg_events_each(see, &seen), BG_OK);
  assert_int_equal(seen.count, 1);
  assert_int_equal(seen.place, BG_EVENT_ON_RUN);
  disk.keeps = false;
  assert_int_equal(record(2), BG_DURABLE);
  assert_chain(2); /* it is there once */
}

/* What waits takes a slot, too. */
static void readiness_counts_what_waits(void **state) {
  (void)state;
  remove_slots();
  test_root_write("/run/breakglass/events/0123456789abcdef0123456789abcdef.loose", "{}");
  assert_int_equal(bg_event_store_ready(true), BG_OK);
  assert_int_equal(slots_left(), 2);
}

static void an_event_larger_than_a_slot_needs_none(void **state) {
  (void)state;
  static char groups[40][BG_NAME_SIZE];
  for (size_t i = 0; i < 40; i++) {
    memset(groups[i], 'g', BG_NAME_SIZE - 1);
  }
  struct bg_session session = test_session(1);
  struct bg_host host = {"host-1", (const char(*)[BG_NAME_SIZE])groups, 40};
  struct bg_event event = test_opened(&session);
  enum bg_durability durability;
  struct stat st;
  event.host = &host;
  assert_int_equal(bg_event_record(&event, &durability), BG_OK);
  assert_int_equal(durability, BG_DURABLE);
  assert_int_equal(stat(event_path(1), &st), 0);
  assert_true(st.st_size > 4096);
  assert_int_equal(slots_left(), SLOTS);
  assert_chain(1);
}

static void a_folder_that_is_not_safe_gets_none(void **state) {
  (void)state;
  assert_int_equal(chmod(test_path(EVENTS), 0770), 0);
  assert_int_equal(bg_event_store_provide(), BG_ERR_UNSAFE);
  assert_int_equal(rename(test_path(EVENTS), test_path("/away")), 0);
  assert_int_equal(bg_event_store_provide(), BG_ERR_NOT_FOUND);
}

/* To those who read the store a slot is nothing. */
static bool count_event(void *context, const struct bg_stored_event *event) {
  (void)event;
  ++*(int *)context;
  return true;
}

static void readers_see_no_slot(void **state) {
  (void)state;
  int count = 0;
  assert_int_equal(bg_events_each(count_event, &count), BG_OK);
  assert_int_equal(count, 0);
  assert_int_equal(unlink(test_path("/run/breakglass/head")), -1);
  (void)record(1);
  assert_int_equal(unlink(test_path("/run/breakglass/head")), 0);
  (void)record(2);
  assert_int_equal(bg_events_each(count_event, &count), BG_OK);
  assert_int_equal(count, 2);
  assert_chain(2);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, new_reserve, end_store)
  const struct CMUnitTest tests[] = {
      TEST(each_event_takes_one),
      TEST(providing_makes_up_for_what_was_taken),
      TEST(a_short_slot_is_passed_over_and_made_anew),
      TEST(what_is_no_slot_is_passed_over_and_made_anew),
      TEST(a_failing_disk_is_asked_once),
      TEST(readiness_makes_one),
      TEST(a_taken_number_costs_a_slot),
      TEST(an_event_found_named_is_brought_to_disk),
      TEST(an_event_that_does_not_come_to_disk_waits),
      TEST(an_attempt_that_stays_does_not_count),
      TEST(readiness_counts_what_waits),
      TEST(an_event_larger_than_a_slot_needs_none),
      TEST(a_folder_that_is_not_safe_gets_none),
      TEST(readers_see_no_slot),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
