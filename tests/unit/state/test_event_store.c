/* SPDX-License-Identifier: BSD-2-Clause */
/* The store when things are broken: disk, lock, head, others' files. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <jansson.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "breakglass/event_store.h"
#include "breakglass/file.h"
#include "breakglass/lock.h"
#include "breakglass/paths.h"
#include "breakglass/run_state.h"
#include "breakglass/taint.h"
#include "store_checks.h"
#include "test_paths.h"
#include "test_state.h"

#define EVENTS "/var/lib/breakglass/events"
#define PENDING "/run/breakglass/events"
#define FLAG "/run/breakglass/tainted"

static enum bg_error settle(void) {
  int64_t last;
  return bg_event_store_settle(&last);
}

static const char *durability_of(int64_t number) {
  static char text[16];
  json_t *event = checked_event(number);
  const json_t *data = json_object_get(event, "data");
  (void)snprintf(text, sizeof text, "%s", json_string_value(json_object_get(data, "durability")));
  json_decref(event);
  return text;
}

static enum bg_durability record(uint8_t id) {
  const struct bg_session session = test_session(id);
  return test_record(&session);
}

/* Away, as after an I/O error; unsafe; and read-only where permissions bind. */
static void events_wait_for_the_disk(void **state) {
  (void)state;
  assert_int_equal(record(1), BG_DURABLE);
  assert_int_equal(rename(test_path(EVENTS), test_path("/away")), 0);
  assert_int_equal(record(2), BG_VOLATILE);
  assert_int_equal(record(3), BG_VOLATILE);
  assert_true(test_exists(PENDING "/0000000002.json"));
  assert_true(test_exists(PENDING "/0000000003.json"));
  struct stat before;
  assert_int_equal(stat(test_path(PENDING "/0000000002.json"), &before), 0);
  assert_int_equal(rename(test_path("/away"), test_path(EVENTS)), 0);
  assert_int_equal(chmod(test_path(EVENTS), 0770), 0);
  assert_int_equal(record(4), BG_VOLATILE);
  assert_int_equal(chmod(test_path(EVENTS), 0500), 0);
  if (!test_is_root()) {
    assert_int_equal(record(5), BG_VOLATILE);
  }
  assert_int_equal(chmod(test_path(EVENTS), 0700), 0);
  assert_int_equal(record(6), BG_DURABLE);
  assert_chain(test_is_root() ? 5 : 6);
  assert_string_equal(durability_of(1), "durable");
  assert_string_equal(durability_of(2), "volatile"); /* its bytes are what they were */
  assert_string_equal(durability_of(4), "volatile");
}

static void readiness_knows_the_disk(void **state) {
  (void)state;
  assert_int_equal(bg_event_store_ready(true), BG_OK);
  assert_int_equal(rename(test_path(EVENTS), test_path("/away")), 0);
  assert_int_equal(bg_event_store_ready(true), BG_ERR_IO);
  assert_int_equal(bg_event_store_ready(false), BG_OK);
}

static void settling_brings_them_too(void **state) {
  (void)state;
  assert_int_equal(rename(test_path(EVENTS), test_path("/away")), 0);
  assert_int_equal(record(1), BG_VOLATILE);
  assert_int_equal(settle(), BG_ERR_NOT_FOUND);
  assert_int_equal(rename(test_path("/away"), test_path(EVENTS)), 0);
  assert_int_equal(settle(), BG_OK);
  assert_chain(1);
}

static enum bg_error get(int64_t number, enum bg_event_place *ret_place) {
  struct bg_file file = {0};
  enum bg_error err = bg_event_get(number, &file, ret_place);
  if (err == BG_OK) {
    char says[32];
    (void)snprintf(says, sizeof says, "\"number\":%lld,", (long long)number);
    assert_non_null(strstr((const char *)file.data, says));
    assert_int_equal(file.data[file.len - 1], '\n');
  }
  bg_file_free(&file);
  return err;
}

/* For whoever delivers: from wherever it will stay. */
static void one_event_is_read_from_where_it_lies(void **state) {
  (void)state;
  enum bg_event_place place;
  assert_int_equal(bg_event_store_provide(), BG_OK);
  assert_int_equal(get(1, &place), BG_ERR_NOT_FOUND); /* a blank */
  assert_int_equal(record(1), BG_DURABLE);
  assert_int_equal(get(1, &place), BG_OK);
  assert_int_equal(place, BG_EVENT_ON_DISK);
  assert_int_equal(rename(test_path(EVENTS), test_path("/away")), 0);
  assert_int_equal(record(2), BG_VOLATILE);
  assert_int_equal(get(2, &place), BG_OK);
  assert_int_equal(place, BG_EVENT_ON_RUN);
  assert_int_equal(get(1, &place), BG_ERR_BUSY); /* who knows? */
  assert_int_equal(rename(test_path("/away"), test_path(EVENTS)), 0);
  assert_int_equal(get(1, &place), BG_OK);
  assert_int_equal(settle(), BG_OK);
  assert_int_equal(get(2, &place), BG_OK);
  assert_int_equal(place, BG_EVENT_ON_DISK);
  assert_int_equal(get(0, &place), BG_ERR_RANGE);
}

/* What a writer has put on run/ before the disk may be gone the next moment. */
static void one_that_is_being_recorded_is_none(void **state) {
  (void)state;
  enum bg_event_place place;
  struct bg_file event = {0};
  assert_int_equal(record(1), BG_DURABLE);
  assert_int_equal(
      bg_file_read(test_path(EVENTS "/0000000001.json"), geteuid(), BG_EVENT_MAX, &event), BG_OK);
  struct bg_bytes content = bg_file_blank_content(bg_bytes(event.data, event.len));
  assert_int_equal(bg_file_create(test_path(PENDING "/0000000001.json"), content), BG_OK);
  assert_int_equal(get(1, &place), BG_OK); /* and its copy beside it */
  assert_int_equal(place, BG_EVENT_ON_DISK);
  assert_int_equal(unlink(test_path(EVENTS "/0000000001.json")), 0);
  assert_int_equal(get(1, &place), BG_ERR_NOT_FOUND);
  bg_file_free(&event);
}

static void settling_nothing_wakes_nobody(void **state) {
  (void)state;
  struct stat before;
  struct stat after;
  (void)record(1);
  assert_int_equal(stat(test_path("/run/breakglass/head"), &before), 0);
  assert_int_equal(settle(), BG_OK);
  assert_int_equal(stat(test_path("/run/breakglass/head"), &after), 0);
  assert_memory_equal(&before.st_mtim, &after.st_mtim, sizeof before.st_mtim);
  assert_int_equal(unlink(test_path("/run/breakglass/head")), 0);
  assert_int_equal(settle(), BG_OK);
  assert_true(test_exists("/run/breakglass/head"));
}

static bool put(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
  if (fd >= 0) {
    (void)close(fd);
  }
  return good;
}

/* Mounts of this process's own, for an ordinary user in a namespace that keeps their ids. */
static bool enter_namespace(void) {
  char uid_map[64];
  char gid_map[64];
  (void)snprintf(uid_map, sizeof uid_map, "%d %d 1", (int)geteuid(), (int)geteuid());
  (void)snprintf(gid_map, sizeof gid_map, "%d %d 1", (int)getegid(), (int)getegid());
  if (test_is_root()) {
    return unshare(CLONE_NEWNS) == 0;
  }
  return unshare(CLONE_NEWNS | CLONE_NEWUSER) == 0 && put("/proc/self/setgroups", "deny") &&
         put("/proc/self/uid_map", uid_map) && put("/proc/self/gid_map", gid_map);
}

#define SKIPPED 77 /* as make check has it: not possible here */

static int with_a_full_disk(void) {
  if (!enter_namespace()) {
    return SKIPPED;
  }
  if (mount("none", "/", "", MS_REC | MS_PRIVATE, NULL) != 0 ||
      mount("none", test_path(EVENTS), "tmpfs", 0, "size=8k,mode=0700") != 0) {
    return SKIPPED;
  }
  if (record(1) != BG_DURABLE || record(2) != BG_DURABLE || record(3) != BG_VOLATILE ||
      record(4) != BG_VOLATILE || test_entries(EVENTS) != 2 || test_entries(PENDING) != 2) {
    return 1;
  }
  if (mount("none", test_path(EVENTS), "", MS_REMOUNT, "size=800k") != 0 ||
      record(5) != BG_DURABLE) {
    return 2;
  }
  return test_entries(EVENTS) == 5 && test_entries(PENDING) == 0 ? 0 : 3;
}

static int in_child(int (*run)(void)) {
  int status = 0;
  pid_t child = fork();
  if (child == 0) {
    _exit(run());
  }
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status));
  return WEXITSTATUS(status);
}

static bool skipped; /* which is no success of the program's */

static void events_wait_on_a_full_disk(void **state) {
  (void)state;
  int status = in_child(with_a_full_disk);
  if (status == SKIPPED) {
    skipped = true;
    skip();
  }
  assert_int_equal(status, 0);
}

static int without_room_on_run(void) {
  const struct rlimit none = {0, 0};
  const struct bg_session session = test_session(1);
  struct bg_event event = test_opened(&session);
  enum bg_durability durability;
  (void)signal(SIGXFSZ, SIG_IGN);
  return setrlimit(RLIMIT_FSIZE, &none) == 0 && bg_event_record(&event, &durability) == BG_ERR_IO
             ? 0
             : 1;
}

static void full_run_is_an_error(void **state) {
  (void)state;
  assert_int_equal(in_child(without_room_on_run), 0);
  assert_int_equal(test_entries(EVENTS), 0);
  assert_int_equal(test_entries(PENDING), 0);
  assert_false(test_exists(FLAG));
}

static void missing_run_is_an_error(void **state) {
  (void)state;
  const struct bg_session session = test_session(1);
  struct bg_event event = test_opened(&session);
  enum bg_durability durability;
  assert_int_equal(rmdir(test_path(PENDING)), 0);
  assert_int_equal(bg_event_store_ready(false), BG_ERR_IO);
  assert_int_equal(bg_event_record(&event, &durability), BG_ERR_IO);
  assert_int_equal(test_entries(EVENTS), 0);
}

/* What killed writers left: more than one call lists, before and after what waits. */
static void leave_temporary_files(unsigned from) {
  for (unsigned i = from; i < from + 60; i++) {
    char path[64];
    (void)snprintf(path, sizeof path, PENDING "/.tmp.%u", i);
    test_root_write(path, "");
  }
}

static void event_without_the_lock_is_sealed_later(void **state) {
  (void)state;
  int lock = -1;
  leave_temporary_files(0);
  assert_int_equal(bg_lock_take(test_path("/run/breakglass/lock"), &lock), BG_OK);
  assert_int_equal(bg_event_store_ready(false), BG_OK); /* it would wait for its seal */
  assert_int_equal(bg_event_store_ready(true), BG_ERR_BUSY);
  assert_int_equal(record(1), BG_VOLATILE);
  leave_temporary_files(60);
  assert_int_equal(test_entries(PENDING), 1);
  assert_true(test_exists(FLAG));
  (void)close(lock);
  assert_int_equal(bg_event_store_ready(true), BG_OK);
  assert_int_equal(record(2), BG_DURABLE);
  assert_chain(2);
  assert_string_equal(durability_of(1), "volatile");
  assert_string_equal(durability_of(2), "durable");
}

static bool flag_has(const char *text) {
  struct bg_file flag = {0};
  assert_int_equal(bg_file_read(test_path(FLAG), geteuid(), 8192, &flag), BG_OK);
  bool has = strstr((const char *)flag.data, text) != NULL;
  bg_file_free(&flag);
  return has;
}

/* A writer who hangs on the disk has raised it, and has told the head nothing yet. */
static void a_flag_that_is_up_is_left_to_its_writer(void **state) {
  (void)state;
  int lock = -1;
  test_root_write(FLAG, "raised by who has the lock\n");
  assert_int_equal(bg_lock_take(test_path("/run/breakglass/lock"), &lock), BG_OK);
  assert_int_equal(record(1), BG_VOLATILE);
  (void)close(lock);
  assert_true(flag_has("raised by who has the lock\n"));
  assert_int_equal(record(2), BG_DURABLE);
  assert_false(flag_has("raised by who has the lock\n"));
  assert_true(flag_has("\"number\":2,")); /* both are settled */
  assert_chain(2);
}

static struct bg_taint known_taint(void) {
  struct bg_taint taint;
  assert_int_equal(bg_taint_read(&taint), BG_OK);
  return taint;
}

/* A grave event, an hour ago, whose limit is far. */
static enum bg_durability record_grave(void) {
  const struct bg_session session = test_session(7);
  struct bg_event event = test_opened(&session);
  enum bg_durability durability;
  event.time -= 3600;
  event.level = BG_LEVEL_REALLOCATE;
  event.replace_by = event.time + 86400;
  assert_int_equal(bg_event_record(&event, &durability), BG_OK);
  return durability;
}

static void assert_grave(void) {
  const struct bg_taint taint = known_taint();
  int64_t now = bg_clock_now();
  assert_int_equal(taint.level, BG_LEVEL_REALLOCATE);
  assert_in_range(taint.since, now - 3700, now - 3500);
  assert_in_range(taint.by, now - 3700 + 86400, now - 3500 + 86400);
}

/* What was recorded without the lock counts for all that comes after it. */
static void event_without_the_lock_raises_the_taint(void **state) {
  (void)state;
  int lock = -1;
  assert_int_equal(record(1), BG_DURABLE);
  assert_int_equal(bg_lock_take(test_path("/run/breakglass/lock"), &lock), BG_OK);
  assert_int_equal(record_grave(), BG_VOLATILE);
  (void)close(lock);
  assert_int_equal(record(2), BG_DURABLE);
  assert_grave();
}

/* The same of one whose writer was killed before the head knew of it. */
static void adopted_event_raises_the_taint(void **state) {
  (void)state;
  assert_int_equal(record(1), BG_DURABLE);
  assert_int_equal(rename(test_path(EVENTS), test_path("/away")), 0);
  struct bg_file before = {0};
  assert_int_equal(bg_file_read(test_path("/run/breakglass/head"), geteuid(), 8192, &before),
                   BG_OK);
  assert_int_equal(record_grave(), BG_VOLATILE);
  assert_int_equal(
      bg_file_replace(test_path("/run/breakglass/head"), 0600, bg_bytes(before.data, before.len)),
      BG_OK);
  bg_file_free(&before);
  assert_int_equal(known_taint().level, BG_LEVEL_REBUILD);
  assert_int_equal(rename(test_path("/away"), test_path(EVENTS)), 0);
  assert_int_equal(record(2), BG_DURABLE);
  assert_grave();
  assert_chain(3);
}

/* And of one that had brought it to disk. */
static void event_found_on_disk_raises_the_taint(void **state) {
  (void)state;
  assert_int_equal(record(1), BG_DURABLE);
  struct bg_file before = {0};
  assert_int_equal(bg_file_read(test_path("/run/breakglass/head"), geteuid(), 8192, &before),
                   BG_OK);
  assert_int_equal(record_grave(), BG_DURABLE);
  assert_int_equal(
      bg_file_replace(test_path("/run/breakglass/head"), 0600, bg_bytes(before.data, before.len)),
      BG_OK);
  bg_file_free(&before);
  assert_int_equal(record(2), BG_DURABLE);
  assert_grave();
  assert_chain(3);
}

/* Somebody's file holds up none of ours. */
static void an_unsafe_file_waits_alone(void **state) {
  (void)state;
  test_root_write(PENDING "/0000000009.json", "{}");
  assert_int_equal(chmod(test_path(PENDING "/0000000009.json"), 0666), 0);
  assert_int_equal(record(1), BG_DURABLE);
  assert_int_equal(record(2), BG_DURABLE);
  assert_int_equal(test_entries(PENDING), 1);
  assert_int_equal(unlink(test_path(PENDING "/0000000009.json")), 0);
  assert_chain(2);
}

static void lost_head_is_found_again(void **state) {
  (void)state;
  (void)record(1);
  (void)record(2);
  assert_int_equal(unlink(test_path("/run/breakglass/head")), 0);
  (void)record(3);
  test_root_write("/run/breakglass/head", "damaged");
  (void)record(4);
  assert_chain(4);
}

/* Also while the newest event is only on run/. */
static void lost_head_is_found_on_run(void **state) {
  (void)state;
  (void)record(1);
  assert_int_equal(rename(test_path(EVENTS), test_path("/away")), 0);
  assert_int_equal(record(2), BG_VOLATILE);
  assert_int_equal(rename(test_path("/away"), test_path(EVENTS)), 0);
  assert_int_equal(unlink(test_path("/run/breakglass/head")), 0);
  assert_int_equal(record(3), BG_DURABLE);
  assert_chain(3);
}

/* Somebody's file has our number: the chain goes on after it. */
static void taken_number_is_passed_over(void **state) {
  (void)state;
  (void)record(1);
  test_root_write(EVENTS "/0000000002.json", "{\"from\":\"elsewhere\"}\n");
  assert_int_equal(record(3), BG_DURABLE);
  assert_true(test_exists(EVENTS "/0000000003.json"));
  assert_int_equal(test_entries(PENDING), 0);
  json_t *event = checked_event(3);
  assert_int_equal(json_integer_value(json_object_get(json_object_get(event, "data"), "number")),
                   3);
  json_decref(event);
}

/* The same for one that waited on run/ under that number. */
static void waiting_event_gives_way(void **state) {
  (void)state;
  (void)record(1);
  assert_int_equal(rename(test_path(EVENTS), test_path("/away")), 0);
  assert_int_equal(record(2), BG_VOLATILE);
  assert_int_equal(rename(test_path("/away"), test_path(EVENTS)), 0);
  test_root_write(EVENTS "/0000000002.json", "{\"from\":\"elsewhere\"}\n");
  assert_int_equal(record(3), BG_DURABLE);
  assert_int_equal(test_entries(EVENTS), 4);
  assert_int_equal(test_entries(PENDING), 0);
  assert_string_equal(durability_of(3), "volatile");
  assert_string_equal(durability_of(4), "durable");
}

/* Left by a writer who was killed while writing it: it was never recorded. */
static void torn_event_is_dropped(void **state) {
  (void)state;
  (void)record(1);
  test_root_write(PENDING "/0000000002.json", "{\"specversion\":\"1.0\",\"da");
  (void)record(2);
  test_root_write(PENDING "/0000000003.json", "");
  (void)record(3);
  assert_chain(3);
}

#define ISSUED 1700000000

static void prove(void) {
  assert_int_equal(
      bg_stamp_write(bg_paths()->boot_proof, geteuid(), (struct timespec){.tv_sec = ISSUED}),
      BG_OK);
}

static bool is_proven(const uint8_t *id) {
  return bg_event_store_proves_unused(NULL, id, ISSUED);
}

static void disk_proves_an_id_unused(void **state) {
  (void)state;
  uint8_t used[BG_TOKEN_ID_SIZE];
  uint8_t unused[BG_TOKEN_ID_SIZE];
  memset(used, 1, sizeof used);
  memset(unused, 9, sizeof unused);
  (void)record(1);
  assert_false(is_proven(unused)); /* no word of the last boot */
  prove();
  assert_true(is_proven(unused));
  assert_false(is_proven(used));
  /* Issued after that boot had ended: there may have been one since that left no trace. */
  assert_false(bg_event_store_proves_unused(NULL, unused, ISSUED + 1));
  assert_int_equal(rename(test_path(EVENTS), test_path("/away")), 0);
  assert_false(is_proven(unused));
  assert_int_equal(record(2), BG_VOLATILE);
  assert_int_equal(rename(test_path("/away"), test_path(EVENTS)), 0);
  assert_false(is_proven(unused)); /* something waits */
  assert_int_equal(settle(), BG_OK);
  assert_true(is_proven(unused));
  test_root_write(EVENTS "/0000000003.json", "");
  assert_false(is_proven(unused)); /* an event that says nothing */
}

static void no_proof_from_an_unsafe_store(void **state) {
  (void)state;
  uint8_t unused[BG_TOKEN_ID_SIZE] = {9};
  prove();
  assert_true(is_proven(unused));
  assert_int_equal(chmod(test_path(EVENTS), 0770), 0);
  assert_false(is_proven(unused));
  assert_int_equal(chmod(test_path(EVENTS), 0700), 0);
  assert_int_equal(chmod(test_path("/run/breakglass/boot-proof"), 0666), 0);
  assert_false(is_proven(unused));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, new_store, end_store)
  const struct CMUnitTest tests[] = {
      TEST(events_wait_for_the_disk),
      TEST(readiness_knows_the_disk),
      TEST(settling_brings_them_too),
      TEST(one_event_is_read_from_where_it_lies),
      TEST(one_that_is_being_recorded_is_none),
      TEST(settling_nothing_wakes_nobody),
      TEST(events_wait_on_a_full_disk),
      TEST(full_run_is_an_error),
      TEST(missing_run_is_an_error),
      TEST(event_without_the_lock_is_sealed_later),
      TEST(a_flag_that_is_up_is_left_to_its_writer),
      TEST(event_without_the_lock_raises_the_taint),
      TEST(adopted_event_raises_the_taint),
      TEST(event_found_on_disk_raises_the_taint),
      TEST(an_unsafe_file_waits_alone),
      TEST(lost_head_is_found_again),
      TEST(lost_head_is_found_on_run),
      TEST(taken_number_is_passed_over),
      TEST(waiting_event_gives_way),
      TEST(torn_event_is_dropped),
      TEST(disk_proves_an_id_unused),
      TEST(no_proof_from_an_unsafe_store),
  };
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  return failed != 0 ? 1 : skipped ? SKIPPED : 0;
}
