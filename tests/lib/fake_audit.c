/* SPDX-License-Identifier: BSD-2-Clause */
/* audit.h without a kernel: records become lines of the test root's /audit.log;
 * the file /audit.state says "off" (nobody listens), "deaf" (records are lost) or "unopenable". */
#include <config.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/audit.h"

static bool state_is(const char *wanted) {
  char path[1024];
  char state[16] = "";
  (void)snprintf(path, sizeof path, "%s/audit.state", getenv("BREAKGLASS_TEST_ROOT"));
  FILE *file = fopen(path, "r");
  if (file != NULL) {
    (void)!fread(state, 1, sizeof state - 1, file);
    (void)fclose(file);
  }
  return strcmp(state, wanted) == 0;
}

/* A real descriptor, so that a leaked one is seen. */
enum bg_error bg_audit_open(int *ret_audit) {
  int fd = state_is("unopenable") ? -1 : open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (fd < 0) {
    return BG_REFUSED_AUDIT_UNAVAILABLE;
  }
  *ret_audit = fd;
  return BG_OK;
}

void bg_audit_close(int audit) {
  if (audit >= 0 && close(audit) != 0) {
    abort();
  }
}

enum bg_error bg_audit_ask(int audit) {
  return audit >= 0 && !state_is("unasked") ? BG_OK : BG_REFUSED_AUDIT_UNAVAILABLE;
}

enum bg_error bg_audit_check(int audit) {
  return audit < 0 || state_is("off") ? BG_REFUSED_AUDIT_UNAVAILABLE : BG_OK;
}

enum bg_error bg_audit_write(int audit, const struct bg_audit_record *record) {
  char path[1024];
  char line[512];
  if (audit < 0 || state_is("off") || state_is("deaf")) {
    return BG_ERR_IO;
  }
  (void)snprintf(path, sizeof path, "%s/audit.log", getenv("BREAKGLASS_TEST_ROOT"));
  int len = snprintf(line, sizeof line, "%s code=%s acct=%s service=%s src=%s subject=%s\n",
                     record->operation, record->reason_code != NULL ? record->reason_code : "-",
                     record->login != NULL ? record->login : "-",
                     record->service != NULL ? record->service : "-",
                     record->source != NULL && record->source[0] != '\0' ? record->source : "-",
                     record->session != NULL ? record->session->subject : "-");
  int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || len < 0 || write(fd, line, (size_t)len) != len) {
    abort();
  }
  (void)close(fd);
  return BG_OK;
}

enum bg_error bg_audit_tty_enable(int audit) {
  (void)audit;
  return state_is("deaf") ? BG_ERR_IO : BG_OK;
}
