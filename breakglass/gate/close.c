/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said of a session that is over: by the process that owned it, or by the agent in its
 * place. */
#include <config.h>

#include "gate_internal.h"

void bg_gate_audit_closed(const struct bg_grant *grant) {
  int audit = -1;
  if (bg_audit_open(&audit) == BG_OK) {
    (void)!gate_record(audit, "closed", &grant->session, grant->audit_session);
    bg_audit_close(audit);
  }
}

enum bg_error bg_gate_record_end(const struct bg_host *host, int64_t longest_tainted,
                                 const struct bg_grant *grant, enum bg_ending ending) {
  struct bg_event event = {
      .type = BG_EVENT_TAINT_CLOSED,
      .host = host,
      .time = bg_clock_now(),
      .level = grant->session.level,
      .replace_by = grant->session.deadline,
      .longest_tainted = longest_tainted,
      .session = &grant->session,
      .grant = grant,
      .ending = ending,
  };
  enum bg_durability durability;
  return bg_event_record(&event, &durability);
}

enum bg_error bg_gate_record_closed(const struct bg_host *host, int64_t longest_tainted,
                                    const struct bg_grant *grant, enum bg_ending ending) {
  bg_gate_audit_closed(grant);
  return bg_gate_record_end(host, longest_tainted, grant, ending);
}
