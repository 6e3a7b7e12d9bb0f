/* SPDX-License-Identifier: BSD-2-Clause */
/* Who may go on with somebody's grant, what happens inside a session, who is
 * exempt, and what a hostile conversation gets. */
#include <config.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "breakglass/grant.h"
#include "driver.h"
#include "test_paths.h"
#include "test_token.h"

#define FROM "192.0.2.7 50000 192.0.2.1 22"
#define NO_SESSION "4294967295"

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

static struct driver *authenticated_console(struct driver *driver) {
  struct bg_claims claims = test_console_claims();
  test_mint(&claims, token);
  *driver = (struct driver){.text = token};
  driver_start(driver, "login", TEST_LOGIN, NULL, NULL);
  assert_int_equal(pam_authenticate(driver->pamh, 0), PAM_SUCCESS);
  return driver;
}

static void open_console(struct driver *driver, const char *audit_session) {
  driver_audit_session(audit_session);
  (void)authenticated_console(driver);
  assert_int_equal(pam_acct_mgmt(driver->pamh, 0), PAM_SUCCESS);
  assert_int_equal(pam_open_session(driver->pamh, 0), PAM_SUCCESS);
}

static void put_grant(struct driver *driver, const char *grant) {
  char pair[128];
  (void)snprintf(pair, sizeof pair, "BREAKGLASS_GRANT=%s", grant);
  assert_int_equal(pam_putenv(driver->pamh, pair), PAM_SUCCESS);
}

static void assert_all_denied(struct driver *driver) {
  assert_int_equal(pam_acct_mgmt(driver->pamh, 0), PAM_PERM_DENIED);
  assert_int_equal(pam_setcred(driver->pamh, PAM_ESTABLISH_CRED), PAM_CRED_ERR);
  assert_int_equal(pam_open_session(driver->pamh, 0), PAM_SESSION_ERR);
  assert_null(pam_getenv(driver->pamh, "XDG_SESSION_ID"));
}

static void test_nothing_without_authenticate(void **state) {
  (void)state;
  struct driver driver = {0};
  driver_start(&driver, "sshd", TEST_LOGIN, test_auth_info(TEST_ALICE), FROM);
  assert_all_denied(&driver);
  assert_int_equal(driver_recorded("code=no-grant"), 3);
  /* Each is told: only authenticate is repeated by clients. */
  assert_int_equal(driver_told("this host is sealed"), 3);
  driver_end(&driver);
}

static void test_unknown_and_broken_grants(void **state) {
  (void)state;
  static const char *const grants[] = {
      "",     "00112233445566778899aabbccddeeff", "../../../etc/passwd",
      "0011", "00112233445566778899AABBCCDDEEFF", "00112233445566778899aabbccddeeff.closed"};
  for (size_t i = 0; i < sizeof grants / sizeof grants[0]; i++) {
    struct driver driver = {0};
    driver_start(&driver, "login", TEST_LOGIN, NULL, NULL);
    put_grant(&driver, grants[i]);
    assert_all_denied(&driver);
    driver_end(&driver);
  }
}

/* Another process that learns the id of a grant has nothing of it. */
static void test_grant_of_another_process(void **state) {
  (void)state;
  struct driver driver;
  pid_t child = fork();
  if (child == 0) {
    (void)authenticated_console(&driver);
    char path[1024];
    (void)snprintf(path, sizeof path, "/grant");
    test_root_write(path, pam_getenv(driver.pamh, "BREAKGLASS_GRANT"));
    _exit(0);
  }
  int status = -1;
  (void)waitpid(child, &status, 0);
  assert_int_equal(status, 0);
  char path[1024];
  char grant[64] = "";
  (void)snprintf(path, sizeof path, "%s/grant", getenv("BREAKGLASS_TEST_ROOT"));
  FILE *file = fopen(path, "r");
  assert_non_null(file);
  assert_non_null(fgets(grant, sizeof grant, file));
  (void)fclose(file);
  driver = (struct driver){0};
  driver_start(&driver, "login", TEST_LOGIN, NULL, NULL);
  put_grant(&driver, grant);
  assert_all_denied(&driver);
  driver_end(&driver);
}

static void test_grant_of_another_login_or_service(void **state) {
  (void)state;
  struct driver driver;
  char grant[64];
  (void)authenticated_console(&driver);
  (void)snprintf(grant, sizeof grant, "%s", pam_getenv(driver.pamh, "BREAKGLASS_GRANT"));
  driver_end(&driver);
  driver = (struct driver){0};
  driver_start(&driver, "login", "root", NULL, NULL);
  put_grant(&driver, grant);
  assert_all_denied(&driver);
  driver_end(&driver);
  driver_start(&driver, "sshd", TEST_LOGIN, NULL, FROM);
  put_grant(&driver, grant);
  assert_all_denied(&driver);
  driver_end(&driver);
}

static void test_open_happens_once(void **state) {
  (void)state;
  struct driver driver;
  open_console(&driver, "7");
  assert_int_equal(pam_acct_mgmt(driver.pamh, 0), PAM_PERM_DENIED);
  assert_int_equal(pam_open_session(driver.pamh, 0), PAM_SESSION_ERR);
  driver_end(&driver);
}

/* A second sshd started by hand hands its own session id on. */
static void test_audit_session_serves_one_grant(void **state) {
  (void)state;
  struct driver first;
  struct driver second;
  open_console(&first, "7");
  (void)authenticated_console(&second);
  assert_int_equal(pam_open_session(second.pamh, 0), PAM_SESSION_ERR);
  driver_end(&second);
  driver_end(&first);
}

static void test_no_audit_session_no_login(void **state) {
  (void)state;
  struct driver driver;
  driver_audit_session(NO_SESSION);
  (void)authenticated_console(&driver);
  assert_int_equal(pam_open_session(driver.pamh, 0), PAM_SESSION_ERR);
  driver_end(&driver);
  assert_int_equal(driver_count_files("/run/breakglass/grants", ".closed"), 1);
}

static void test_sudo_inside(void **state) {
  (void)state;
  struct driver session;
  struct driver sudo = {.how = ANSWER_STOP};
  open_console(&session, "7");
  driver_start(&sudo, "sudo", TEST_LOGIN, NULL, NULL);
  assert_int_equal(pam_authenticate(sudo.pamh, 0), PAM_SUCCESS);
  assert_int_equal(pam_acct_mgmt(sudo.pamh, 0), PAM_SUCCESS);
  (void)pam_set_item(sudo.pamh, PAM_USER, "root");
  assert_int_equal(pam_setcred(sudo.pamh, PAM_REINITIALIZE_CRED), PAM_SUCCESS);
  assert_int_equal(pam_open_session(sudo.pamh, 0), PAM_SUCCESS);
  assert_int_equal(pam_close_session(sudo.pamh, 0), PAM_SUCCESS);
  driver_end(&sudo);
  /* It neither consumed nor tainted nor closed anything. */
  assert_int_equal(driver_count_files("/run/breakglass/spent", ""), 1);
  assert_int_equal(driver_count_files("/var/lib/breakglass/events", ".json"), 1);
  assert_int_equal(driver_count_files("/run/breakglass/grants", ".closed"), 0);
  assert_int_equal(pam_close_session(session.pamh, 0), PAM_SUCCESS);
  driver_end(&session);
  /* And with the grant over, it is over. */
  driver_start(&sudo, "sudo", TEST_LOGIN, NULL, NULL);
  assert_int_equal(pam_authenticate(sudo.pamh, 0), PAM_AUTH_ERR);
  assert_int_equal(pam_acct_mgmt(sudo.pamh, 0), PAM_PERM_DENIED);
  assert_int_equal(pam_open_session(sudo.pamh, 0), PAM_SESSION_ERR);
  driver_end(&sudo);
}

/* su authenticates its target: a token for ops never becomes root. */
static void test_su_to_another_account(void **state) {
  (void)state;
  struct driver session;
  struct driver su = {0};
  open_console(&session, "7");
  driver_start(&su, "su", "root", NULL, NULL);
  assert_int_equal(pam_authenticate(su.pamh, 0), PAM_AUTH_ERR);
  driver_end(&su);
  driver_start(&su, "su", TEST_LOGIN, NULL, NULL);
  assert_int_equal(pam_authenticate(su.pamh, 0), PAM_SUCCESS);
  driver_end(&su);
  driver_end(&session);
}

static void test_sudo_elsewhere(void **state) {
  (void)state;
  static const char *const sessions[] = {NO_SESSION, "8", "nonsense"};
  struct driver session;
  open_console(&session, "7");
  for (size_t i = 0; i < sizeof sessions / sizeof sessions[0]; i++) {
    struct driver sudo = {0};
    driver_audit_session(sessions[i]);
    driver_start(&sudo, "sudo", TEST_LOGIN, NULL, NULL);
    assert_int_equal(pam_authenticate(sudo.pamh, 0), PAM_AUTH_ERR);
    assert_int_equal(pam_acct_mgmt(sudo.pamh, 0), PAM_PERM_DENIED);
    assert_int_equal(pam_open_session(sudo.pamh, 0), PAM_SESSION_ERR);
    driver_end(&sudo);
  }
  driver_end(&session);
}

static int all_steps_of(const char *service, const char *user) {
  struct driver driver = {.how = ANSWER_STOP};
  driver_start(&driver, service, user, NULL, NULL);
  int passed = (pam_authenticate(driver.pamh, 0) == PAM_SUCCESS) +
               (pam_acct_mgmt(driver.pamh, 0) == PAM_SUCCESS) +
               (pam_setcred(driver.pamh, PAM_ESTABLISH_CRED) == PAM_SUCCESS) +
               (pam_open_session(driver.pamh, 0) == PAM_SUCCESS);
  driver_end(&driver);
  return passed;
}

static void test_exempt_is_service_and_user(void **state) {
  (void)state;
  test_host_write("[gate]\nexempt = cron:root systemd-user:root\n");
  assert_int_equal(all_steps_of("cron", "root"), 4);
  assert_int_equal(all_steps_of("cron", "ops"), 0);
  assert_int_equal(all_steps_of("systemd-user", "root"), 4);
  assert_int_equal(all_steps_of("systemd-user", "ops"), 0);
  assert_int_equal(all_steps_of("login", "root"), 0);
  assert_int_equal(all_steps_of("ftpd", "root"), 0);
}

/* An exemption of su names whom it becomes: it is for root's jobs, not for everybody. */
static void test_exempt_su_is_for_root_alone(void **state) {
  (void)state;
  test_host_write("[gate]\nexempt = su:root su:postgres\n");
  pid_t child = fork();
  if (child == 0) {
    bool is_somebody = getuid() != 0 || setresuid(65534, 0, 0) == 0;
    int passed = all_steps_of("su", "root") + all_steps_of("su", "postgres");
    _exit(is_somebody ? passed : 100);
  }
  int status = -1;
  (void)waitpid(child, &status, 0);
  assert_int_equal(status, 0);
  if (getuid() == 0) {
    assert_int_equal(all_steps_of("su", "postgres"), 4);
  }
}

/* A closed grant stays closed, whatever a step that was under way still writes. */
static void test_open_does_not_revive_a_closed_grant(void **state) {
  (void)state;
  struct driver driver;
  struct bg_grant grant;
  (void)authenticated_console(&driver);
  const char *id = pam_getenv(driver.pamh, "BREAKGLASS_GRANT");
  assert_int_equal(bg_grant_load(id, &grant), BG_OK);
  assert_int_equal(bg_grant_close(id), BG_OK);
  assert_int_equal(bg_grant_open(&grant, 9, "", 1), BG_ERR_NOT_FOUND);
  assert_int_equal(bg_grant_load(id, &grant), BG_ERR_NOT_FOUND);
  assert_int_equal(pam_open_session(driver.pamh, 0), PAM_SESSION_ERR);
  driver_end(&driver);
}

/* sshd forks for root's channels; a child that cleans up must not end the session. */
static void test_close_in_a_child_closes_nothing(void **state) {
  (void)state;
  struct driver driver;
  open_console(&driver, "7");
  pid_t child = fork();
  if (child == 0) {
    _exit(pam_close_session(driver.pamh, 0));
  }
  (void)waitpid(child, NULL, 0);
  assert_int_equal(driver_recorded("closed"), 0);
  assert_int_equal(driver_count_files("/run/breakglass/grants", ".closed"), 0);
  assert_int_equal(pam_close_session(driver.pamh, 0), PAM_SUCCESS);
  assert_int_equal(driver_recorded("closed"), 1);
  driver_end(&driver);
}

static void test_token_as_user_name_is_not_recorded(void **state) {
  (void)state;
  struct bg_claims claims = test_console_claims();
  test_mint(&claims, token);
  struct driver driver = {.text = ""};
  driver_start(&driver, "login", token, NULL, NULL);
  assert_int_equal(pam_authenticate(driver.pamh, 0), PAM_AUTH_ERR);
  driver_end(&driver);
  assert_int_equal(driver_recorded("acct=(a token)"), 1);
  assert_int_equal(driver_recorded(BG_TOKEN_PREFIX), 0);
}

static void test_audit_socket_cannot_be_opened(void **state) {
  (void)state;
  struct driver driver;
  driver_audit_state("unopenable");
  struct bg_claims claims = test_console_claims();
  test_mint(&claims, token);
  driver = (struct driver){.text = token};
  driver_start(&driver, "login", TEST_LOGIN, NULL, NULL);
  assert_int_equal(pam_authenticate(driver.pamh, 0), PAM_AUTH_ERR);
  driver_end(&driver);
  assert_int_equal(driver_count_files("/run/breakglass/spent", ""), 0);
}

static void test_manager_of_an_open_session(void **state) {
  (void)state;
  struct driver session;
  open_console(&session, "7");
  assert_int_equal(all_steps_of("systemd-user", TEST_LOGIN), 4);
  assert_int_equal(all_steps_of("systemd-user", "alice"), 0);
  assert_int_equal(pam_close_session(session.pamh, 0), PAM_SUCCESS);
  assert_int_equal(all_steps_of("systemd-user", TEST_LOGIN), 0);
  driver_end(&session);
}

static void test_conversations(void **state) {
  (void)state;
  static const enum driver_answer answers[] = {ANSWER_NOTHING, ANSWER_STOP, ANSWER_FLOOD};
  for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
    struct driver driver = {.how = answers[i]};
    driver_start(&driver, "login", TEST_LOGIN, NULL, NULL);
    assert_int_equal(pam_authenticate(driver.pamh, 0), PAM_AUTH_ERR);
    driver_end(&driver);
  }
  assert_int_equal(driver_recorded("code=no-token"), 2);
  assert_int_equal(driver_recorded("code=too-long"), 1);
}

/* The client tries three times on one connection, and shows every text. */
static void test_told_once_a_connection(void **state) {
  (void)state;
  struct driver driver = {.text = ""};
  driver_start(&driver, "sshd", TEST_LOGIN, test_auth_info(TEST_ALICE), FROM);
  for (int i = 0; i < 3; i++) {
    assert_int_equal(driver_sshd_authenticate(&driver), PAM_AUTH_ERR);
  }
  driver_end(&driver);
  assert_int_equal(driver_told("breakglass: refused"), 1);
  assert_int_equal(driver_recorded("code=no-token"), 3);
}

static void test_time_refusal_offers_a_challenge_that_heals(void **state) {
  (void)state;
  struct bg_claims claims = test_console_claims();
  claims.issued_at -= 86400;
  claims.not_before -= 86400;
  claims.expires -= 86400;
  test_mint(&claims, token);
  struct driver driver = {.text = token};
  driver_start(&driver, "login", TEST_LOGIN, NULL, NULL);
  assert_int_equal(pam_authenticate(driver.pamh, 0), PAM_AUTH_ERR);
  driver_end(&driver);
  char line[512];
  char path[1024];
  (void)snprintf(path, sizeof path, "%s/told.log", getenv("BREAKGLASS_TEST_ROOT"));
  FILE *told = fopen(path, "r");
  assert_non_null(told);
  assert_non_null(fgets(line, sizeof line, told));
  (void)fclose(told);
  const char *challenge = strstr(line, "Challenge of this host: ");
  assert_non_null(challenge);
  claims.has_nonce = true;
  assert_int_equal(bg_parse_hex(bg_bytes(challenge + 24, (size_t)2 * BG_NONCE_SIZE), BG_NONCE_SIZE,
                                claims.nonce),
                   BG_OK);
  test_mint(&claims, token);
  driver_start(&driver, "login", TEST_LOGIN, NULL, NULL);
  assert_int_equal(pam_authenticate(driver.pamh, 0), PAM_SUCCESS);
  driver_end(&driver);
  assert_true(driver_files_hold("/var/lib/breakglass/events", "\"clock\":\"untrusted\""));
}

static void test_password_is_never_changed(void **state) {
  (void)state;
  struct driver driver;
  open_console(&driver, "7");
  assert_int_not_equal(pam_chauthtok(driver.pamh, 0), PAM_SUCCESS);
  driver_end(&driver);
}

/* Audit dies between acceptance and the shell: no shell, and nothing left open. */
static void test_audit_lost_before_open(void **state) {
  (void)state;
  struct driver driver;
  (void)authenticated_console(&driver);
  driver_audit_state("deaf");
  assert_int_equal(pam_open_session(driver.pamh, 0), PAM_SESSION_ERR);
  driver_end(&driver);
  assert_int_equal(driver_count_files("/run/breakglass/grants", ".closed"), 1);
  assert_true(driver_files_hold("/var/lib/breakglass/events", "unused"));
}

static void test_audit_not_required(void **state) {
  (void)state;
  test_host_write("[audit]\nrequired = no\n");
  driver_audit_state("off");
  struct driver driver;
  open_console(&driver, "7");
  driver_end(&driver);
  assert_true(driver_files_hold("/var/lib/breakglass/events", "\"audit\":\"unavailable\""));
}

#define ON_A_HOST(test) cmocka_unit_test_setup_teardown(test, host, no_host)

int main(void) {
  const struct CMUnitTest tests[] = {
      ON_A_HOST(test_nothing_without_authenticate),
      ON_A_HOST(test_unknown_and_broken_grants),
      ON_A_HOST(test_grant_of_another_process),
      ON_A_HOST(test_grant_of_another_login_or_service),
      ON_A_HOST(test_open_happens_once),
      ON_A_HOST(test_audit_session_serves_one_grant),
      ON_A_HOST(test_no_audit_session_no_login),
      ON_A_HOST(test_sudo_inside),
      ON_A_HOST(test_su_to_another_account),
      ON_A_HOST(test_sudo_elsewhere),
      ON_A_HOST(test_exempt_is_service_and_user),
      ON_A_HOST(test_exempt_su_is_for_root_alone),
      ON_A_HOST(test_open_does_not_revive_a_closed_grant),
      ON_A_HOST(test_close_in_a_child_closes_nothing),
      ON_A_HOST(test_token_as_user_name_is_not_recorded),
      ON_A_HOST(test_audit_socket_cannot_be_opened),
      ON_A_HOST(test_manager_of_an_open_session),
      ON_A_HOST(test_conversations),
      ON_A_HOST(test_told_once_a_connection),
      ON_A_HOST(test_time_refusal_offers_a_challenge_that_heals),
      ON_A_HOST(test_password_is_never_changed),
      ON_A_HOST(test_audit_lost_before_open),
      ON_A_HOST(test_audit_not_required),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
