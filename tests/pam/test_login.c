/* SPDX-License-Identifier: BSD-2-Clause */
/* Accepted logins, from the token to the end of the session. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <security/pam_ext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "breakglass/grant.h"
#include "driver.h"
#include "test_paths.h"
#include "test_revocations.h"

#define FROM "192.0.2.7 50000 192.0.2.1 22"
#define EVENTS "/var/lib/breakglass/events"

static char token[BG_TOKEN_TEXT_MAX + 1];

static int host(void **state) {
  (void)state;
  driver_host_create("");
  return 0;
}

static int no_host(void **state) {
  (void)state;
  driver_host_remove();
  return 0;
}

static void start_console(struct driver *driver) {
  struct bg_claims claims = test_console_claims();
  test_mint(&claims, token);
  *driver = (struct driver){.text = token};
  driver_start(driver, "login", TEST_LOGIN, NULL, NULL);
}

static void start_ssh(struct driver *driver) {
  struct bg_claims claims = test_claims();
  test_mint(&claims, token);
  *driver = (struct driver){.text = token};
  driver_start(driver, "sshd", TEST_LOGIN, test_auth_info(TEST_ALICE), FROM);
}

static unsigned long runtime_limit(const struct driver *driver) {
  const char *limit = pam_getenv(driver->pamh, "RUNTIME_MAX");
  return limit != NULL ? strtoul(limit, NULL, 10) : 0;
}

static void test_console_whole_way(void **state) {
  (void)state;
  struct driver driver;
  start_console(&driver);
  assert_int_equal(pam_authenticate(driver.pamh, 0), PAM_SUCCESS);
  /* Tainted, on disk, before anything else happens. */
  assert_int_equal(driver_count_files(EVENTS, ".json"), 1);
  assert_true(driver_files_hold(EVENTS, "\"durability\":\"durable\""));
  assert_true(driver_files_hold("/run/breakglass", "alice@example.com"));
  assert_int_equal(driver_count_files("/run/breakglass/spent", ""), 1);
  assert_int_equal(pam_acct_mgmt(driver.pamh, 0), PAM_SUCCESS);
  assert_int_equal(pam_open_session(driver.pamh, 0), PAM_SUCCESS);
  assert_int_equal(pam_setcred(driver.pamh, PAM_ESTABLISH_CRED), PAM_SUCCESS);
  assert_in_range(runtime_limit(&driver), 1790, 1800);
  assert_int_equal(driver_told("this session is recorded and ends in"), 1);
  assert_int_equal(pam_close_session(driver.pamh, 0), PAM_SUCCESS);
  assert_int_equal(pam_setcred(driver.pamh, PAM_DELETE_CRED), PAM_SUCCESS);
  driver_end(&driver);
  assert_int_equal(driver_count_files("/run/breakglass/grants", ".closed"), 1);
  assert_true(driver_files_hold(EVENTS, "logout"));
  assert_int_equal(driver_count_files(EVENTS, ".json"), 2 + 16); /* and those of the next logins */
  assert_int_equal(driver_recorded("accepted"), 1);
  assert_int_equal(driver_recorded("opened"), 1);
  assert_int_equal(driver_recorded("closed"), 1);
}

static bool is_of_alices_key(void *context, const struct bg_grant *grant) {
  struct bg_ssh_key key;
  uint8_t secret[64];
  test_key_of(TEST_ALICE, &key, secret);
  *(bool *)context = grant != NULL && grant->session.has_holder &&
                     memcmp(grant->session.holder, key.sha256, sizeof key.sha256) == 0;
  return true;
}

static void test_ssh_with_pasted_token(void **state) {
  (void)state;
  struct driver driver;
  bool names_key = false;
  start_ssh(&driver);
  assert_int_equal(driver_sshd_authenticate(&driver), PAM_SUCCESS);
  assert_int_equal(bg_grants_each(is_of_alices_key, &names_key), BG_OK);
  assert_true(names_key); /* so that its revocation ends the session */
  assert_int_equal(pam_setcred(driver.pamh, PAM_ESTABLISH_CRED), PAM_SUCCESS);
  assert_int_equal(pam_open_session(driver.pamh, 0), PAM_SUCCESS);
  assert_int_equal(pam_close_session(driver.pamh, 0), PAM_SUCCESS);
  driver_end(&driver);
  assert_int_equal(driver_recorded("accepted code=- acct=ops service=sshd src=192.0.2.7"), 1);
}

static void test_ssh_with_certificate_asks_nothing(void **state) {
  (void)state;
  struct bg_claims claims = test_claims();
  test_mint(&claims, token);
  struct driver driver = {.how = ANSWER_STOP};
  driver_start(&driver, "sshd", TEST_LOGIN, test_auth_info_certificate(TEST_ALICE, token), FROM);
  assert_int_equal(driver_sshd_authenticate(&driver), PAM_SUCCESS);
  assert_int_equal(pam_open_session(driver.pamh, PAM_SILENT), PAM_SUCCESS);
  assert_int_equal(pam_close_session(driver.pamh, 0), PAM_SUCCESS);
  driver_end(&driver);
}

static void test_certificate_without_token_asks(void **state) {
  (void)state;
  struct bg_claims claims = test_claims();
  test_mint(&claims, token);
  struct driver driver = {.text = token};
  driver_start(&driver, "sshd", TEST_LOGIN, test_auth_info_certificate(TEST_ALICE, NULL), FROM);
  assert_int_equal(driver_sshd_authenticate(&driver), PAM_SUCCESS);
  driver_end(&driver);
}

static void test_setcred_in_the_persons_child(void **state) {
  (void)state;
  struct driver driver;
  start_ssh(&driver);
  assert_int_equal(driver_sshd_authenticate(&driver), PAM_SUCCESS);
  assert_int_equal(pam_open_session(driver.pamh, 0), PAM_SUCCESS);
  pid_t child = fork();
  if (child == 0) {
    _exit(pam_setcred(driver.pamh, PAM_ESTABLISH_CRED));
  }
  int status = -1;
  (void)waitpid(child, &status, 0);
  assert_int_equal(status, 0);
  driver_end(&driver);
}

static void test_surrounding_blanks_are_pardoned(void **state) {
  (void)state;
  struct bg_claims claims = test_console_claims();
  test_mint(&claims, token);
  char pasted[BG_TOKEN_TEXT_MAX + 8];
  (void)snprintf(pasted, sizeof pasted, "  %s \n", token);
  struct driver driver = {.text = pasted};
  driver_start(&driver, "login", TEST_LOGIN, NULL, NULL);
  assert_int_equal(pam_authenticate(driver.pamh, 0), PAM_SUCCESS);
  driver_end(&driver);
}

static void log_in(void) {
  struct driver driver;
  start_ssh(&driver);
  assert_int_equal(driver_sshd_authenticate(&driver), PAM_SUCCESS);
  driver_end(&driver);
}

/* The system log as a file: this one is found before libpam's. */
__attribute__((visibility("default"))) void pam_syslog(const pam_handle_t *pamh, int priority,
                                                       const char *format, ...) {
  (void)pamh, (void)priority;
  char path[1024];
  va_list arguments;
  (void)snprintf(path, sizeof path, "%s/etc/breakglass/syslog", getenv("BREAKGLASS_TEST_ROOT"));
  FILE *file = fopen(path, "ae");
  if (file != NULL) {
    va_start(arguments, format);
    (void)vfprintf(file, format, arguments);
    va_end(arguments);
    (void)fclose(file);
  }
}

/* Granted; the system log says these words of it, or nothing. */
static void log_in_and_hear(const char *words) {
  test_root_write("/etc/breakglass/syslog", "");
  log_in();
  assert_true(words == NULL || driver_files_hold("/etc/breakglass", words));
  assert_int_equal(driver_files_hold("/etc/breakglass", "granted, but"), words != NULL);
}

static bool events_say(const char *words) {
  return driver_files_hold("/var/lib/breakglass/events", words);
}

static void test_a_list_denies_only_who_is_in_it(void **state) {
  (void)state;
  struct bg_revocations_content content = test_revocations();
  log_in_and_hear(NULL);
  test_write_revoked(bg_bytes_of("damaged"));
  log_in_and_hear("the revocation list cannot be used");
  test_write_revoked(bg_bytes(NULL, 0));
  log_in_and_hear("the revocation list cannot be used");
  assert_true(events_say("\"revocations\":\"stale\""));
  assert_false(events_say("\"revocations\":\"fresh\""));
  test_write_revoked(test_revocation_list(&content));
  log_in_and_hear(NULL);
  assert_true(events_say("\"revocations\":\"fresh\""));
  content.issued_at -= INT64_C(2) * BG_REVOCATIONS_LIFE;
  test_write_revoked(test_revocation_list(&content));
  log_in_and_hear("the revocation list is not one of now");
  content = test_revocations();
  test_host_write("revocations = require\n");
  test_write_revoked(test_revocation_list(&content));
  log_in_and_hear(NULL);
}

static void test_a_list_of_nobody_trusted_is_told_of(void **state) {
  (void)state;
  static const enum test_person mallory[] = {TEST_MALLORY};
  uint8_t bytes[1024];
  struct bg_buf payload = BG_BUF(bytes);
  const struct bg_revocations_content content = test_revocations();
  assert_int_equal(bg_revocations_encode(&content, &payload), BG_OK);
  test_write_revoked(test_sign_payload(bg_buf_view(&payload), mallory, 1));
  log_in_and_hear("not by an issuer whom trusted_signers names");
}

static void test_the_same_token_opens_once(void **state) {
  (void)state;
  struct driver driver;
  start_console(&driver);
  assert_int_equal(pam_authenticate(driver.pamh, 0), PAM_SUCCESS);
  driver_end(&driver);
  driver_start(&driver, "login", TEST_LOGIN, NULL, NULL);
  assert_int_equal(pam_authenticate(driver.pamh, 0), PAM_AUTH_ERR);
  driver_end(&driver);
  assert_int_equal(driver_recorded("code=already-used"), 1);
  assert_int_equal(driver_told("it has been used already"), 1);
}

static void test_deadline_is_the_shorter_of_token_and_policy(void **state) {
  (void)state;
  test_host_write("[session]\nlongest = 5m\n");
  struct driver driver;
  start_console(&driver);
  assert_int_equal(pam_authenticate(driver.pamh, 0), PAM_SUCCESS);
  assert_int_equal(pam_open_session(driver.pamh, 0), PAM_SUCCESS);
  assert_in_range(runtime_limit(&driver), 290, 300);
  driver_end(&driver);
}

static void test_an_expired_grant_opens_nothing(void **state) {
  (void)state;
  test_host_write("[session]\nlongest = 1s\n");
  struct driver driver;
  start_console(&driver);
  assert_int_equal(pam_authenticate(driver.pamh, 0), PAM_SUCCESS);
  (void)sleep(2);
  assert_int_equal(pam_open_session(driver.pamh, 0), PAM_SESSION_ERR);
  driver_end(&driver);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_console_whole_way, host, no_host),
      cmocka_unit_test_setup_teardown(test_ssh_with_pasted_token, host, no_host),
      cmocka_unit_test_setup_teardown(test_ssh_with_certificate_asks_nothing, host, no_host),
      cmocka_unit_test_setup_teardown(test_certificate_without_token_asks, host, no_host),
      cmocka_unit_test_setup_teardown(test_setcred_in_the_persons_child, host, no_host),
      cmocka_unit_test_setup_teardown(test_surrounding_blanks_are_pardoned, host, no_host),
      cmocka_unit_test_setup_teardown(test_a_list_denies_only_who_is_in_it, host, no_host),
      cmocka_unit_test_setup_teardown(test_a_list_of_nobody_trusted_is_told_of, host, no_host),
      cmocka_unit_test_setup_teardown(test_the_same_token_opens_once, host, no_host),
      cmocka_unit_test_setup_teardown(test_deadline_is_the_shorter_of_token_and_policy, host,
                                      no_host),
      cmocka_unit_test_setup_teardown(test_an_expired_grant_opens_nothing, host, no_host),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
