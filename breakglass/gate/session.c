/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of a session. */
#include <config.h>

#include <unistd.h>

#include "breakglass/event_store.h"
#include "gate_internal.h"

static void record_closed(const struct bg_grant *grant) {
  int audit = -1;
  if (bg_audit_open(&audit) == BG_OK) {
    (void)!gate_record(audit, "closed", &grant->session, grant->audit_session);
    bg_audit_close(audit);
  }
}

static enum bg_error taint_closed(const struct bg_gate *gate, const struct bg_grant *grant,
                                  enum bg_ending ending) {
  const struct bg_policy *policy = gate->policy;
  struct bg_host host = {policy->host_id, policy->groups, policy->group_count};
  struct bg_event event = {
      .type = BG_EVENT_TAINT_CLOSED,
      .host = &host,
      .time = bg_clock_now(),
      .level = grant->session.level,
      .replace_by = grant->session.deadline,
      .longest_tainted = policy->longest_tainted,
      .session = &grant->session,
      .grant = grant,
      .ending = ending,
  };
  enum bg_durability durability;
  return bg_event_record(&event, &durability);
}

static enum bg_error close_grant(const struct bg_gate *gate, const struct bg_grant *grant,
                                 enum bg_ending ending) {
  char id[BG_TOKEN_ID_HEX];
  bg_hex(bg_bytes(grant->session.token_id, BG_TOKEN_ID_SIZE), id);
  enum bg_error err = bg_grant_close(id);
  if (err != BG_OK) {
    return err;
  }
  record_closed(grant);
  err = taint_closed(gate, grant, ending);
  (void)!bg_event_store_provide(); /* the next login's, who waits no longer without it */
  return err;
}

enum bg_error bg_gate_close(struct bg_gate *gate, const char *grant_id, bool used) {
  struct bg_grant grant;
  if (gate->policy == NULL) {
    return BG_REFUSED_CONFIG;
  }
  enum bg_error err = bg_grant_load(grant_id, &grant);
  if (err != BG_OK) {
    return err;
  }
  if (grant.owner.pid != getpid()) {
    return BG_OK; /* a forked child that cleans up: the session goes on */
  }
  bool is_over = grant.session.deadline_boottime <= bg_clock_boottime();
  enum bg_ending ending = is_over ? BG_ENDED_DEADLINE : BG_ENDED_LOGOUT;
  return close_grant(gate, &grant, used ? ending : BG_ENDED_UNUSED);
}
