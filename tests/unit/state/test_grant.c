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

#include "breakglass/cbor.h"
#include "breakglass/file.h"
#include "breakglass/run_state.h"
#include "test_paths.h"
#include "test_state.h"

#define ID_1 "01010101010101010101010101010101"

static int new_host(void **state) {
  (void)state;
  int64_t epoch;
  (void)test_root_create();
  return bg_run_state_prepare(bg_clock_now(), &epoch) == BG_OK ? 0 : -1;
}

static int end_host(void **state) {
  (void)state;
  test_root_remove();
  return 0;
}

static struct bg_grant make(uint8_t id) {
  const struct bg_session session = test_session(id);
  struct bg_grant grant = test_grant(&session);
  assert_int_equal(bg_grant_create(&grant), BG_OK);
  return grant;
}

static void assert_same(const struct bg_grant *a, const struct bg_grant *b) {
  uint8_t first[BG_GRANT_MAX];
  uint8_t second[BG_GRANT_MAX];
  struct bg_buf one = BG_BUF(first);
  struct bg_buf two = BG_BUF(second);
  assert_int_equal(bg_grant_encode(a, &one), BG_OK);
  assert_int_equal(bg_grant_encode(b, &two), BG_OK);
  assert_int_equal(one.len, two.len);
  assert_memory_equal(first, second, one.len);
}

static void longest_grant_fits(void **state) {
  (void)state;
  struct bg_session session = test_session(1);
  memset(session.issuer, 'i', BG_NAME_MAX);
  memset(session.subject, 's', BG_NAME_MAX);
  memset(session.login, 'l', BG_NAME_MAX);
  memset(session.reason, 'r', BG_REASON_MAX);
  memset(session.service, 'v', sizeof session.service - 1);
  memset(session.source, 'a', sizeof session.source - 1);
  memset(session.tty, 't', sizeof session.tty - 1);
  session.approver_count = BG_SIGNATURES_MAX;
  for (size_t i = 0; i < BG_SIGNATURES_MAX; i++) {
    memset(session.approvers[i], 'p', BG_NAME_MAX);
  }
  session.has_holder = true;
  memset(session.holder, 0xff, sizeof session.holder);
  const struct bg_grant grant = test_grant(&session);
  uint8_t bytes[BG_GRANT_MAX];
  struct bg_buf buf = BG_BUF(bytes);
  struct bg_grant back;
  assert_int_equal(bg_grant_encode(&grant, &buf), BG_OK);
  assert_int_equal(bg_grant_decode(bg_buf_view(&buf), &back), BG_OK);
  assert_same(&back, &grant);
  assert_true(back.session.has_holder);
  assert_memory_equal(back.session.holder, session.holder, sizeof session.holder);
  assert_string_equal(back.session.reason, session.reason);
  assert_string_equal(back.session.tty, session.tty);
}

static void every_truncation_is_refused(void **state) {
  (void)state;
  const struct bg_session session = test_session(1);
  const struct bg_grant grant = test_grant(&session);
  uint8_t bytes[BG_GRANT_MAX];
  struct bg_buf buf = BG_BUF(bytes);
  struct bg_grant back;
  assert_int_equal(bg_grant_encode(&grant, &buf), BG_OK);
  assert_int_equal(bg_cbor_check(bg_buf_view(&buf)), BG_OK);
  for (size_t len = 0; len < buf.len; len++) {
    assert_int_equal(bg_grant_decode(bg_bytes(bytes, len), &back), BG_ERR_SYNTAX);
  }
}

static void life_of_a_grant(void **state) {
  (void)state;
  struct bg_grant grant = make(1);
  struct bg_grant found;
  assert_int_equal(bg_grant_load(ID_1, &found), BG_OK);
  assert_same(&grant, &found);
  assert_int_equal(bg_grant_of_session(7, &found), BG_ERR_NOT_FOUND);
  assert_int_equal(bg_grant_open(&grant, 7, "pts/3", 1790000000), BG_OK);
  assert_int_equal(grant.state, BG_GRANT_OPEN);
  assert_string_equal(grant.session.tty, "pts/3");
  assert_int_equal(bg_grant_of_session(7, &found), BG_OK);
  assert_same(&grant, &found);
  assert_int_equal(bg_grant_close(ID_1), BG_OK);
  assert_int_equal(bg_grant_close(ID_1), BG_ERR_NOT_FOUND);
  assert_int_equal(bg_grant_load(ID_1, &found), BG_ERR_NOT_FOUND);
  assert_int_equal(bg_grant_of_session(7, &found), BG_ERR_NOT_FOUND);
}

static void id_has_one_grant(void **state) {
  (void)state;
  const struct bg_grant grant = make(1);
  assert_int_equal(bg_grant_create(&grant), BG_ERR_EXISTS);
}

static void audit_session_has_one_grant_a_boot(void **state) {
  (void)state;
  struct bg_grant first = make(1);
  struct bg_grant second = make(2);
  assert_int_equal(bg_grant_open(&first, 7, NULL, 1), BG_OK);
  assert_int_equal(bg_grant_open(&second, 7, NULL, 1), BG_ERR_EXISTS);
  assert_int_equal(second.state, BG_GRANT_ACCEPTED);
  assert_int_equal(bg_grant_close(ID_1), BG_OK);
  assert_int_equal(bg_grant_open(&second, 7, NULL, 1), BG_ERR_EXISTS);
}

static void no_session_without_an_id(void **state) {
  (void)state;
  struct bg_grant grant = make(1);
  struct bg_grant found;
  assert_int_equal(bg_grant_open(&grant, BG_NO_AUDIT_SESSION, NULL, 1), BG_ERR_RANGE);
  assert_int_equal(bg_grant_open(&grant, 7, NULL, 1), BG_OK);
  assert_int_equal(bg_grant_open(&grant, 8, NULL, 1), BG_ERR_RANGE);
  assert_int_equal(bg_grant_of_session(BG_NO_AUDIT_SESSION, &found), BG_ERR_NOT_FOUND);
}

/* The id comes from the PAM environment. */
static void ids_name_no_other_file(void **state) {
  (void)state;
  static const char *const ids[] = {
      "",
      "0101",
      "../epoch",
      "../../../../../../../../etc/pass",
      "0101010101010101010101010101010G",
      "01010101010101010101010101010101.closed",
      "0101010101010101010101010101010A",
      "./010101010101010101010101010101",
  };
  struct bg_grant found;
  (void)make(1);
  for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
    assert_int_equal(bg_grant_load(ids[i], &found), BG_ERR_SYNTAX);
    assert_int_equal(bg_grant_close(ids[i]), BG_ERR_SYNTAX);
  }
}

/* A link, a file that others could write, another's grant under this name, a half-written one. */
static void unsafe_grants_are_none(void **state) {
  (void)state;
  struct bg_grant found;
  const char *path = test_path("/run/breakglass/grants/" ID_1);
  (void)make(2);
  assert_int_equal(
      rename(test_path("/run/breakglass/grants/02020202020202020202020202020202"), path), 0);
  assert_int_equal(bg_grant_load(ID_1, &found), BG_ERR_SYNTAX);
  assert_int_equal(unlink(path), 0);
  (void)make(1);
  assert_int_equal(chmod(path, 0660), 0);
  assert_int_equal(bg_grant_load(ID_1, &found), BG_ERR_UNSAFE);
  assert_int_equal(chmod(path, 0600), 0);
  assert_int_equal(bg_grant_load(ID_1, &found), BG_OK);
  assert_int_equal(truncate(path, 20), 0);
  assert_int_equal(bg_grant_load(ID_1, &found), BG_ERR_SYNTAX);
  assert_int_equal(unlink(path), 0);
  assert_int_equal(symlink("/dev/null", path), 0);
  assert_int_equal(bg_grant_load(ID_1, &found), BG_ERR_UNSAFE);
}

struct count {
  int readable;
  int unreadable;
};

static bool count_grant(void *context, const struct bg_grant *grant) {
  struct count *count = context;
  count->readable += grant != NULL;
  count->unreadable += grant == NULL;
  return true;
}

static void each_sees_what_is_not_closed(void **state) {
  (void)state;
  struct count count = {0};
  (void)make(1);
  (void)make(2);
  (void)make(3);
  assert_int_equal(bg_grant_close(ID_1), BG_OK);
  test_root_write("/run/breakglass/grants/04040404040404040404040404040404", "no grant");
  assert_int_equal(bg_grants_each(count_grant, &count), BG_OK);
  assert_int_equal(count.readable, 2);
  assert_int_equal(count.unreadable, 1);
}

static void closed_ones_are_ended_once(void **state) {
  (void)state;
  struct count count = {0};
  struct bg_grant grant = make(1);
  (void)make(2);
  assert_int_equal(bg_grant_end(ID_1), BG_ERR_NOT_FOUND); /* it goes on */
  assert_false(bg_grant_is_bound(&grant));
  assert_int_equal(bg_grant_open(&grant, 7, NULL, 1), BG_OK);
  assert_true(bg_grant_is_bound(&grant));
  assert_int_equal(bg_grant_close(ID_1), BG_OK);
  assert_int_equal(bg_grants_closed_each(count_grant, &count), BG_OK);
  assert_int_equal(count.readable, 1);
  assert_true(bg_grant_is_bound(&grant)); /* for the whole boot */
  assert_int_equal(bg_grant_end(ID_1), BG_OK);
  assert_int_equal(bg_grant_end(ID_1), BG_ERR_NOT_FOUND);
  assert_int_equal(bg_grants_closed_each(count_grant, &count), BG_OK);
  assert_int_equal(count.readable, 1);
  assert_int_equal(bg_grants_each(count_grant, &count), BG_OK);
  assert_int_equal(count.readable, 2);
  assert_int_equal(count.unreadable, 0);
}

/* The file in sessions/ names another's. */
static void session_of_another_is_not_bound(void **state) {
  (void)state;
  struct bg_grant first = make(1);
  struct bg_grant second = make(2);
  assert_int_equal(bg_grant_open(&first, 7, NULL, 1), BG_OK);
  second.state = BG_GRANT_OPEN;
  second.audit_session = 7;
  assert_false(bg_grant_is_bound(&second));
  first.audit_session = BG_NO_AUDIT_SESSION;
  assert_false(bg_grant_is_bound(&first));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, new_host, end_host)
  const struct CMUnitTest tests[] = {
      TEST(longest_grant_fits),
      TEST(every_truncation_is_refused),
      TEST(life_of_a_grant),
      TEST(id_has_one_grant),
      TEST(no_session_without_an_id),
      TEST(audit_session_has_one_grant_a_boot),
      TEST(ids_name_no_other_file),
      TEST(unsafe_grants_are_none),
      TEST(each_sees_what_is_not_closed),
      TEST(closed_ones_are_ended_once),
      TEST(session_of_another_is_not_bound),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
