/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of a transaction. Each denies unless it finds a reason to grant. */
#include <config.h>

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "gate_internal.h"

void gate_complain(struct bg_gate *gate, const char *file, unsigned line, const char *text) {
  if (gate->complaint[0] == '\0') {
    (void)snprintf(gate->complaint, sizeof gate->complaint, "%s:%u: %s", file, line, text);
  }
}

static void keep_problem(void *context, const struct bg_conf_problem *problem) {
  gate_complain(context, problem->file, problem->line, problem->text);
}

struct bg_gate *bg_gate_new(void) {
  struct bg_gate *gate = calloc(1, sizeof *gate);
  if (gate == NULL || sodium_init() < 0) {
    free(gate);
    return NULL;
  }
  if (bg_policy_load(NULL, keep_problem, gate, &gate->policy) != BG_OK) {
    gate->policy = NULL;
    if (gate->complaint[0] == '\0') {
      (void)snprintf(gate->complaint, sizeof gate->complaint, "the configuration cannot be read");
    }
  }
  return gate;
}

void bg_gate_free(struct bg_gate *gate) {
  if (gate != NULL) {
    free(gate->policy);
    free(gate);
  }
}

const char *bg_gate_complaint(const struct bg_gate *gate) {
  return gate->complaint;
}

const char *bg_gate_reference(const struct bg_gate *gate) {
  return gate->reference;
}

static enum bg_error refuse_authenticate(struct bg_gate *gate, const struct bg_login *login,
                                         enum bg_error code) {
  struct gate_refusal refusal = {.code = code, .repeats = true};
  return gate_refuse(gate, login, &refusal);
}

/* sudo authenticates its caller, su its target: only the grant's own login may
 * pass, so that a token for one account never becomes another through su. */
static enum bg_error authenticate_in_session(struct bg_gate *gate, const struct bg_login *login) {
  struct bg_grant grant;
  enum bg_error err = gate_find_around(&grant);
  if (err == BG_OK && !bg_bytes_is(bg_bytes_of(login->user), grant.session.login)) {
    err = BG_REFUSED_WRONG_LOGIN;
  }
  return err == BG_OK ? BG_OK : refuse_authenticate(gate, login, err);
}

enum bg_error bg_gate_authenticate(struct bg_gate *gate, const struct bg_login *login,
                                   char ret_grant_id[static BG_TOKEN_ID_HEX]) {
  enum bg_error err = BG_REFUSED_CONFIG;
  if (gate->policy == NULL) {
    return refuse_authenticate(gate, login, err);
  }
  switch (gate_route(gate, login)) {
  case ROUTE_EXEMPT:
    ret_grant_id[0] = '\0';
    return BG_OK;
  case ROUTE_IN_SESSION:
    err = authenticate_in_session(gate, login);
    if (err == BG_OK) {
      ret_grant_id[0] = '\0';
    }
    return err;
  case ROUTE_TOKEN:
    return gate_admit(gate, login, ret_grant_id);
  case ROUTE_DENIED:
    break;
  }
  return refuse_authenticate(gate, login, BG_REFUSED_NO_GRANT);
}

/* BG_OK with *ret_has_grant false for who needs none. */
static enum bg_error admitted(struct bg_gate *gate, const struct bg_login *login,
                              enum gate_step step, struct bg_grant *ret_grant,
                              bool *ret_has_grant) {
  if (gate->policy == NULL) {
    return BG_REFUSED_CONFIG;
  }
  enum bg_error err = BG_REFUSED_NO_GRANT;
  bool has_grant = false;
  switch (gate_route(gate, login)) {
  case ROUTE_EXEMPT:
    err = BG_OK;
    break;
  case ROUTE_IN_SESSION:
    err = gate_find_around(ret_grant);
    break;
  case ROUTE_TOKEN:
    err = gate_find_grant(gate, login, step, ret_grant);
    has_grant = true;
    break;
  case ROUTE_DENIED:
    break;
  }
  if (err == BG_OK) {
    *ret_has_grant = has_grant;
  }
  return err;
}

static enum bg_error step(struct bg_gate *gate, const struct bg_login *login, enum gate_step step) {
  struct bg_grant grant;
  bool has_grant;
  enum bg_error err = admitted(gate, login, step, &grant, &has_grant);
  return err == BG_OK ? BG_OK : gate_refuse_plainly(gate, login, err);
}

enum bg_error bg_gate_account(struct bg_gate *gate, const struct bg_login *login) {
  return step(gate, login, STEP_ACCOUNT);
}

enum bg_error bg_gate_setcred(struct bg_gate *gate, const struct bg_login *login) {
  return step(gate, login, STEP_SETCRED);
}

static enum bg_error begin_recording(const struct bg_gate *gate, const struct bg_grant *grant) {
  int audit = -1;
  bool required = gate->policy->audit_required;
  if (bg_audit_open(&audit) != BG_OK && required) {
    return BG_REFUSED_AUDIT_UNAVAILABLE;
  }
  enum bg_error err = BG_OK;
  if (gate->policy->tty_audit && bg_audit_tty_enable(audit) != BG_OK && required) {
    err = BG_REFUSED_AUDIT_UNAVAILABLE;
  }
  if (err == BG_OK &&
      gate_record(audit, "opened", &grant->session, grant->audit_session) != BG_OK && required) {
    err = BG_REFUSED_AUDIT_UNAVAILABLE;
  }
  bg_audit_close(audit);
  return err;
}

static enum bg_error open_grant(const struct bg_gate *gate, struct bg_grant *grant) {
  uint32_t audit_session = BG_NO_AUDIT_SESSION;
  if (bg_audit_session(&audit_session) != BG_OK ||
      bg_grant_open(grant, audit_session, grant->session.tty, bg_clock_now()) != BG_OK) {
    return BG_REFUSED_STATE_FAILED;
  }
  return begin_recording(gate, grant);
}

enum bg_error bg_gate_open(struct bg_gate *gate, const struct bg_login *login,
                           char ret_grant_id[static BG_TOKEN_ID_HEX], int64_t *ret_seconds) {
  struct bg_grant grant;
  bool has_grant;
  enum bg_error err = admitted(gate, login, STEP_OPEN, &grant, &has_grant);
  if (err != BG_OK) {
    return gate_refuse_plainly(gate, login, err);
  }
  if (!has_grant) {
    ret_grant_id[0] = '\0';
    *ret_seconds = 0;
    return BG_OK;
  }
  char id[BG_TOKEN_ID_HEX];
  bg_hex(bg_bytes(grant.session.token_id, sizeof grant.session.token_id), id);
  err = open_grant(gate, &grant);
  if (err != BG_OK) {
    /* Nobody will call close_session: without this su and sudo would find it open. */
    (void)!bg_gate_close(gate, id, false);
    return gate_refuse_plainly(gate, login, err);
  }
  gate->grant = grant; /* open now: account would deny it, setcred knows it */
  (void)snprintf(ret_grant_id, BG_TOKEN_ID_HEX, "%s", id);
  *ret_seconds = grant.session.deadline_boottime - bg_clock_boottime();
  return BG_OK;
}
