/* SPDX-License-Identifier: BSD-2-Clause */
/* log_in prepare LINES: makes the folder $BREAKGLASS_TEST_ROOT a host of the PAM tests, with these
 * lines of configuration. log_in: authenticates there with a new token, through the real module;
 * exit code 0 if it is let in, 1 if not. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "../pam/driver.h"
#include "test_token.h"

static bool log_in(void) {
  char token[BG_TOKEN_TEXT_MAX + 1];
  const struct bg_claims claims = test_console_claims();
  struct driver driver = {.text = token};
  test_mint(&claims, token);
  driver_start(&driver, "login", TEST_LOGIN, NULL, NULL);
  const bool is_in = pam_authenticate(driver.pamh, 0) == PAM_SUCCESS;
  driver_end(&driver);
  return is_in;
}

int main(int argc, char **argv) {
  if (argc == 1) {
    return log_in() ? 0 : 1;
  }
  if (argc != 3 || strcmp(argv[1], "prepare") != 0) {
    return 2;
  }
  driver_host_fill(argv[2]);
  driver_begin_boot();
  return 0;
}
