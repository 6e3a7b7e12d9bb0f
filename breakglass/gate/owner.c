/* SPDX-License-Identifier: BSD-2-Clause */
/* Which grant belongs to which process. */
#include <config.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gate_internal.h"

/* A forked child inherits what its parent has found out: it is its parent's code. */
static enum bg_error self(struct bg_gate *gate, struct bg_process *ret_self) {
  if (gate->self.pid == 0) {
    enum bg_error err = bg_process_self(&gate->self);
    if (err != BG_OK) {
      return err;
    }
  }
  *ret_self = gate->self;
  return BG_OK;
}

enum bg_error gate_owner(struct bg_gate *gate, const struct bg_login *login,
                         struct bg_process *ret_owner) {
  return gate_is_ssh(login) ? bg_process_of(getppid(), ret_owner) : self(gate, ret_owner);
}

static bool is_self(struct bg_gate *gate, const struct bg_process *owner) {
  struct bg_process process;
  return self(gate, &process) == BG_OK && owner->pid == process.pid &&
         owner->start == process.start;
}

static bool is_parent(const struct bg_process *owner) {
  struct bg_process process;
  return owner->pid == getppid() && bg_process_of(owner->pid, &process) == BG_OK &&
         process.start == owner->start;
}

/* sshd runs account in the child that authenticated and setcred once more in the
 * person's child; open_session runs in the monitor alone. */
static bool is_holder(struct bg_gate *gate, const struct bg_grant *grant,
                      const struct bg_login *login, enum gate_step step) {
  return is_self(gate, &grant->owner) ||
         (gate_is_ssh(login) && step != STEP_OPEN && is_parent(&grant->owner));
}

/* Only setcred comes again after open_session. */
static bool is_in_state(const struct bg_grant *grant, enum gate_step step) {
  return grant->state == BG_GRANT_ACCEPTED || step == STEP_SETCRED;
}

/* What account and setcred rely on was read in this very transaction; only what
 * opens a session is looked at anew. */
static enum bg_error load(struct bg_gate *gate, const char *grant_id, enum gate_step step) {
  if (step != STEP_OPEN && strcmp(gate->grant_id, grant_id) == 0) {
    return BG_OK;
  }
  gate->grant_id[0] = '\0';
  enum bg_error err = bg_grant_load(grant_id, &gate->grant);
  if (err == BG_OK) {
    (void)snprintf(gate->grant_id, sizeof gate->grant_id, "%s", grant_id);
  }
  return err;
}

enum bg_error gate_find_grant(struct bg_gate *gate, const struct bg_login *login,
                              enum gate_step step, struct bg_grant *ret_grant) {
  if (login->grant_id == NULL || load(gate, login->grant_id, step) != BG_OK) {
    return BG_REFUSED_NO_GRANT;
  }
  const struct bg_grant *grant = &gate->grant;
  bool fits = strcmp(grant->session.login, login->user) == 0 &&
              strcmp(grant->session.service, login->service) == 0 && is_in_state(grant, step) &&
              is_holder(gate, grant, login, step) &&
              grant->session.deadline_boottime > bg_clock_boottime();
  if (!fits) {
    return BG_REFUSED_NO_GRANT;
  }
  *ret_grant = *grant;
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
