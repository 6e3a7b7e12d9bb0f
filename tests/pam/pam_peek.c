/* SPDX-License-Identifier: BSD-2-Clause */
/* Stands where pam_systemd would, and shows what it would find: only modules may
 * read PAM data. */
#include <security/pam_modules.h>
#include <stddef.h>
#include <stdio.h>

#define ENTRY __attribute__((visibility("default")))

ENTRY int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv) {
  (void)flags, (void)argc, (void)argv;
  const void *limit = NULL;
  char pair[64];
  if (pam_get_data(pamh, "systemd.runtime_max_sec", &limit) == PAM_SUCCESS && limit != NULL) {
    (void)snprintf(pair, sizeof pair, "RUNTIME_MAX=%s", (const char *)limit);
    return pam_putenv(pamh, pair);
  }
  return PAM_SUCCESS;
}

ENTRY int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv) {
  (void)pamh, (void)flags, (void)argc, (void)argv;
  return PAM_SUCCESS;
}
