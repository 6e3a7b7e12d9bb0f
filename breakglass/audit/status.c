/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>
#include <libaudit.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "auditd_disk.h"
#include "breakglass/audit.h"
#include "breakglass/paths.h"

/* The kernel answers at once; a bound for one that does not. */
#define REPLY_TIMEOUT_MS 1000
#define REPLIES_MAX 8

static bool receive_status(int fd, struct audit_status *ret_status) {
  for (int i = 0; i < REPLIES_MAX; i++) {
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    struct audit_reply reply;
    if (poll(&ready, 1, REPLY_TIMEOUT_MS) != 1 ||
        audit_get_reply(fd, &reply, GET_REPLY_NONBLOCKING, 0) <= 0) {
      return false;
    }
    if (reply.type == AUDIT_GET) {
      *ret_status = *reply.status;
      return true;
    }
  }
  return false;
}

/* The kernel forgets a killed auditd only at the next record that it cannot
 * deliver: until then its pid is that of nobody. */
static bool is_running(uint32_t pid) {
  char path[32];
  (void)snprintf(path, sizeof path, "/proc/%u", pid);
  return pid != 0 && access(path, F_OK) == 0;
}

enum bg_error bg_audit_open(int *ret_audit) {
  int fd = audit_open();
  if (fd < 0) {
    return BG_REFUSED_AUDIT_UNAVAILABLE;
  }
  *ret_audit = fd;
  return BG_OK;
}

void bg_audit_close(int audit) {
  if (audit >= 0) {
    audit_close(audit);
  }
}

enum bg_error bg_audit_ask(int audit) {
  return audit_request_status(audit) > 0 ? BG_OK : BG_REFUSED_AUDIT_UNAVAILABLE;
}

enum bg_error bg_audit_check(int audit) {
  struct audit_status status = {0};
  bool known = receive_status(audit, &status);
  bool able = known && status.enabled != 0 && is_running(status.pid) &&
              bg_auditd_disk_is_writable(bg_paths()->auditd_conf);
  return able ? BG_OK : BG_REFUSED_AUDIT_UNAVAILABLE;
}
