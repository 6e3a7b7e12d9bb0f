/* SPDX-License-Identifier: BSD-2-Clause */
/* The ledger in a file. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger_test.h"

static int remove_files(void **state) {
  (void)state;
  test_sqlite_remove();
  return 0;
}

static const char *beside(const char *suffix) {
  static char file[112];
  (void)snprintf(file, sizeof file, "%s%s", test_sqlite_path(), suffix);
  return file;
}

static void assert_refused(const char *spec, enum bg_error expected) {
  struct ledger *ledger = NULL;
  assert_int_equal(ledger_open(spec, &ledger), expected);
  assert_null(ledger);
  assert_true(ledger_reason(NULL)[0] != '\0');
}

static mode_t mode_of(const char *file) {
  struct stat st;
  assert_int_equal(lstat(file, &st), 0);
  return st.st_mode & 07777;
}

static void its_files_are_private(void **state) {
  (void)state;
  mode_t before = umask(0);
  struct ledger *ledger = test_open(test_sqlite_spec());
  (void)test_append_one(ledger);
  (void)umask(before);
  assert_int_equal(mode_of(beside("")), 0600);
  assert_int_equal(mode_of(beside("-wal")), 0600);
  assert_int_equal(mode_of(beside("-shm")), 0600);
  ledger_close(ledger);
}

static void it_is_found_again(void **state) {
  (void)state;
  const char *spec = test_sqlite_spec();
  struct ledger *ledger = test_open(spec);
  assert_int_equal(test_append_one(ledger), 1);
  ledger_close(ledger);
  ledger = test_open(spec);
  assert_int_equal(test_append_one(ledger), 2);
  assert_int_equal(test_assert_chain(ledger), 2);
  ledger_close(ledger);
}

static void a_file_that_others_can_read_is_refused(void **state) {
  (void)state;
  const char *spec = test_sqlite_spec();
  ledger_close(test_open(spec));
  assert_int_equal(chmod(beside(""), 0640), 0);
  assert_refused(spec, BG_ERR_UNSAFE);
  assert_int_equal(chmod(beside(""), 0602), 0);
  assert_refused(spec, BG_ERR_UNSAFE);
  assert_int_equal(chmod(beside(""), 0600), 0);
  ledger_close(test_open(spec));
}

static void a_log_that_others_can_read_is_refused(void **state) {
  (void)state;
  const char *spec = test_sqlite_spec();
  struct ledger *ledger = test_open(spec);
  assert_int_equal(chmod(beside("-wal"), 0604), 0);
  assert_refused(spec, BG_ERR_UNSAFE);
  assert_int_equal(chmod(beside("-wal"), 0600), 0);
  assert_int_equal(chmod(beside("-shm"), 0660), 0);
  assert_refused(spec, BG_ERR_UNSAFE);
  ledger_close(ledger);
}

static void a_link_is_refused(void **state) {
  (void)state;
  const char *spec = test_sqlite_spec();
  ledger_close(test_open(spec));
  assert_int_equal(link(beside(""), "/dev/null"), -1);
  assert_int_equal(rename(test_sqlite_path(), beside("-journal")), 0);
  assert_int_equal(symlink(beside("-journal"), test_sqlite_path()), 0);
  assert_refused(spec, BG_ERR_UNSAFE);
}

static void a_folder_that_others_can_write_is_refused(void **state) {
  (void)state;
  const char *spec = test_sqlite_spec();
  char folder[96];
  bg_text_fit(sizeof folder, folder, test_sqlite_path());
  *strrchr(folder, '/') = '\0';
  assert_int_equal(chmod(folder, 0770), 0);
  assert_refused(spec, BG_ERR_UNSAFE);
  assert_int_equal(access(test_sqlite_path(), F_OK), -1);
  assert_int_equal(chmod(folder, 0700), 0);
}

/* As another program would. */
static void execute(const char *sql) {
  sqlite3 *db = NULL;
  assert_int_equal(sqlite3_open(test_sqlite_path(), &db), SQLITE_OK);
  assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
  assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void a_file_of_a_later_version_is_refused(void **state) {
  (void)state;
  const char *spec = test_sqlite_spec();
  ledger_close(test_open(spec));
  execute("PRAGMA user_version = 2");
  assert_refused(spec, BG_ERR_UNSUPPORTED);
}

static void one_service_claims_always(void **state) {
  (void)state;
  struct ledger *ledger = test_open(test_sqlite_spec());
  assert_false(ledger_is_shared(ledger));
  assert_int_equal(ledger_claim(ledger, "a"), BG_OK);
  assert_int_equal(ledger_claim(ledger, "a"), BG_OK);
  ledger_release(ledger, "a");
  ledger_close(ledger);
}

static void what_is_no_ledger_is_refused(void **state) {
  (void)state;
  const char *spec = test_sqlite_spec();
  int fd = open(test_sqlite_path(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  for (int i = 0; i < 100; i++) {
    assert_int_equal(write(fd, "This is no database.\n", 21), 21);
  }
  assert_int_equal(close(fd), 0);
  assert_refused(spec, BG_ERR_IO);
  assert_refused("sqlite:/nonexistent/ledger", BG_ERR_NOT_FOUND);
  assert_refused("file:/tmp/ledger", BG_ERR_RANGE);
}

static void a_line_changed_by_another_program_is_named(void **state) {
  (void)state;
  const char *spec = test_sqlite_spec();
  struct ledger *ledger = test_open(spec);
  for (int i = 0; i < 5; i++) {
    (void)test_append_one(ledger);
  }
  execute("UPDATE ledger_entries SET line = CAST(replace(CAST(line AS TEXT), '\"a\":1', '\"a\":2')"
          " AS BLOB) WHERE number = 3");
  struct test_fault fault = test_find_fault(ledger);
  assert_int_equal(fault.number, 4); /* the one that vouches for it */
  assert_int_equal(fault.what, BG_CHAIN_PREVIOUS);
  execute("DELETE FROM ledger_entries WHERE number = 2");
  fault = test_find_fault(ledger);
  assert_int_equal(fault.number, 3);
  assert_int_equal(fault.what, BG_CHAIN_NUMBER);
  ledger_close(ledger);
}

int main(void) {
#define CHECK(name) cmocka_unit_test_teardown(name, remove_files)
  const struct CMUnitTest tests[] = {
      CHECK(its_files_are_private),
      CHECK(it_is_found_again),
      CHECK(a_file_that_others_can_read_is_refused),
      CHECK(a_log_that_others_can_read_is_refused),
      CHECK(a_link_is_refused),
      CHECK(a_folder_that_others_can_write_is_refused),
      CHECK(a_file_of_a_later_version_is_refused),
      CHECK(one_service_claims_always),
      CHECK(what_is_no_ledger_is_refused),
      CHECK(a_line_changed_by_another_program_is_named),
  };
  int failed = check_ledger(test_sqlite_spec) + check_two_handles(test_sqlite_spec);
  failed += cmocka_run_group_tests_name("sqlite", tests, NULL, NULL);
  test_sqlite_remove();
  return failed;
}
