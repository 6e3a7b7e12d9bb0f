/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libaudit.h>
#include <stdio.h>
#include <string.h>

#include "breakglass/audit.h"

#define SOME_FD 100 /* never used: the call below is wrapped */

static char message[9000];
static char address[64];
static int type;
static int result;

int __wrap_audit_log_user_message(int fd, int message_type, const char *text, const char *host,
                                  const char *addr, const char *tty, int success);
int __wrap_audit_log_user_message(int fd, int message_type, const char *text, const char *host,
                                  const char *addr, const char *tty, int success) {
  assert_int_equal(fd, SOME_FD);
  assert_null(host); /* libaudit would look it up */
  assert_non_null(addr);
  assert_non_null(tty);
  type = message_type;
  result = success;
  (void)snprintf(message, sizeof message, "%s", text);
  (void)snprintf(address, sizeof address, "%s", addr);
  return (int)mock();
}

static struct bg_session a_session(void) {
  struct bg_session session = {
      .token_id = {0x00, 0x11, 0x22},
      .issuer = "breakglass.example",
      .subject = "alice@example.com",
      .approvers = {"bob@example.com", "carol@example.com"},
      .approver_count = 2,
      .reason = "INC-4211 disk full",
      .deadline = 1767225600,
      .level = BG_LEVEL_REBUILD,
  };
  return session;
}

static void says_who_why_and_until_when(void **state) {
  (void)state;
  struct bg_session session = a_session();
  struct bg_audit_record record = {.operation = "opened",
                                   .success = true,
                                   .login = "ops",
                                   .service = "sshd",
                                   .source = "192.0.2.7",
                                   .session = &session,
                                   .audit_session = 7};
  will_return(__wrap_audit_log_user_message, 1);
  assert_int_equal(bg_audit_write(SOME_FD, &record), BG_OK);
  assert_int_equal(type, AUDIT_TRUSTED_APP);
  assert_int_equal(result, 1);
  assert_string_equal(address, "192.0.2.7");
  /* Quoted where it is plain, hex where it has a blank: what auparse decodes. */
  assert_string_equal(message, "op=breakglass-opened acct=\"ops\" service=\"sshd\""
                               " token=\"00112200000000000000000000000000\""
                               " subject=\"alice@example.com\" issuer=\"breakglass.example\""
                               " approver=\"bob@example.com\" approver=\"carol@example.com\""
                               " why=494E432D34323131206469736B2066756C6C"
                               " deadline=\"2026-01-01T00:00:00Z\" level=\"rebuild\" session=7");
}

static void a_login_name_cannot_forge_fields(void **state) {
  (void)state;
  struct bg_audit_record record = {.operation = "refused",
                                   .reason_code = "no-token",
                                   .reference = "0a1b2c3d",
                                   .login = "x\" res=success op=\"breakglass-accepted",
                                   .service = "sshd",
                                   .audit_session = BG_NO_AUDIT_SESSION};
  will_return(__wrap_audit_log_user_message, 1);
  assert_int_equal(bg_audit_write(SOME_FD, &record), BG_OK);
  assert_int_equal(result, 0);
  assert_string_equal(address, "?");
  assert_null(strstr(message, "res=success"));
  assert_non_null(
      strstr(message, "op=breakglass-refused code=\"no-token\" ref=\"0a1b2c3d\" acct="));
}

static void a_record_that_is_not_taken_is_an_error(void **state) {
  (void)state;
  struct bg_audit_record record = {.operation = "refused", .audit_session = BG_NO_AUDIT_SESSION};
  will_return(__wrap_audit_log_user_message, -1);
  assert_int_equal(bg_audit_write(SOME_FD, &record), BG_ERR_IO);
  assert_int_equal(bg_audit_write(-1, &record), BG_ERR_IO);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(says_who_why_and_until_when),
      cmocka_unit_test(a_login_name_cannot_forge_fields),
      cmocka_unit_test(a_record_that_is_not_taken_is_an_error),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
