/* SPDX-License-Identifier: BSD-2-Clause */
/* Which grant belongs to which process. */
#include <config.h>

#include <string.h>
#include <unistd.h>

#include "gate_internal.h"

enum bg_error gate_owner(const struct bg_login *login, struct bg_process *ret_owner) {
  return bg_process_of(gate_is_ssh(login) ? getppid() : getpid(), ret_owner);
}

static bool is_process(const struct bg_process *owner, pid_t pid) {
  struct bg_process process;
  return owner->pid == pid && bg_process_of(pid, &process) == BG_OK &&
         process.start == owner->start;
}

/* sshd runs account in the child that authenticated and setcred once more in the
 * person's child; open_session runs in the monitor alone. */
static bool is_holder(const struct bg_grant *grant, const struct bg_login *login,
                      enum gate_step step) {
  return is_process(&grant->owner, getpid()) ||
         (gate_is_ssh(login) && step != STEP_OPEN && is_process(&grant->owner, getppid()));
}

/* Only setcred comes again after open_session. */
static bool is_in_state(const struct bg_grant *grant, enum gate_step step) {
  return grant->state == BG_GRANT_ACCEPTED || step == STEP_SETCRED;
}

enum bg_error gate_find_grant(const struct bg_login *login, enum gate_step step,
                              struct bg_grant *ret_grant) {
  struct bg_grant grant;
  if (login->grant_id == NULL || bg_grant_load(login->grant_id, &grant) != BG_OK) {
    return BG_REFUSED_NO_GRANT;
  }
  bool fits = strcmp(grant.session.login, login->user) == 0 &&
              strcmp(grant.session.service, login->service) == 0 && is_in_state(&grant, step) &&
              is_holder(&grant, login, step) &&
              grant.session.deadline_boottime > bg_clock_boottime();
  if (!fits) {
    return BG_REFUSED_NO_GRANT;
  }
  *ret_grant = grant;
  return BG_OK;
}

enum bg_error gate_find_around(struct bg_grant *ret_grant) {
  uint32_t audit_session = BG_NO_AUDIT_SESSION;
  struct bg_grant grant;
  if (bg_audit_session(&audit_session) != BG_OK || audit_session == BG_NO_AUDIT_SESSION ||
      bg_grant_of_session(audit_session, &grant) != BG_OK || grant.state != BG_GRANT_OPEN ||
      grant.session.deadline_boottime <= bg_clock_boottime()) {
    return BG_REFUSED_NO_GRANT;
  }
  *ret_grant = grant;
  return BG_OK;
}
