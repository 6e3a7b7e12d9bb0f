/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of a session. */
#include <config.h>

#include <unistd.h>

#include "breakglass/event_store.h"
#include "gate_internal.h"

static enum bg_error close_grant(const struct bg_gate *gate, const struct bg_grant *grant,
                                 enum bg_ending ending) {
  char id[BG_TOKEN_ID_HEX];
  bg_hex(bg_bytes(grant->session.token_id, BG_TOKEN_ID_SIZE), id);
  enum bg_error err = bg_grant_close(id);
  if (err != BG_OK) {
    return err;
  }
  const struct bg_policy *policy = gate->policy;
  const struct bg_host host = {policy->host_id, policy->groups, policy->group_count};
  err = bg_gate_record_closed(&host, policy->longest_tainted, grant, ending);
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
