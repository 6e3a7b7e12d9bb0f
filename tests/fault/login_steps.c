/* SPDX-License-Identifier: BSD-2-Clause */
/* A whole login on the console of the host below $BREAKGLASS_TEST_ROOT, through
 * libpam and the real module:
 *
 *   login_steps prepare   makes the host as the boot unit leaves it
 *   login_steps BYTE      logs in with a token whose id is this byte; 0: does nothing */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/event_store.h"
#include "driver.h"
#include "test_token.h"

static bool log_in(uint8_t id) {
  char token[BG_TOKEN_TEXT_MAX + 1];
  struct bg_claims claims = test_console_claims();
  memset(claims.id, id, sizeof claims.id);
  test_mint(&claims, token);
  char session[8];
  (void)snprintf(session, sizeof session, "%u", id);
  driver_audit_session(session);
  struct driver driver = {.text = token};
  driver_start(&driver, "login", TEST_LOGIN, NULL, NULL);
  bool done = pam_authenticate(driver.pamh, PAM_SILENT) == PAM_SUCCESS &&
              pam_acct_mgmt(driver.pamh, PAM_SILENT) == PAM_SUCCESS &&
              pam_open_session(driver.pamh, PAM_SILENT) == PAM_SUCCESS &&
              pam_setcred(driver.pamh, PAM_ESTABLISH_CRED) == PAM_SUCCESS;
  driver_end(&driver);
  return done;
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "prepare") == 0) {
    driver_host_fill("");
    driver_begin_boot();
    return bg_event_store_provide() == BG_OK ? 0 : 1;
  }
  long id = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
  return id == 0 || log_in((uint8_t)id) ? 0 : 1;
}
