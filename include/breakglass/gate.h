/* SPDX-License-Identifier: BSD-2-Clause */
/* The one decision: may this PAM transaction go on? Each step denies unless it
 * finds a reason to grant. Knows nothing of PAM: what it must ask or tell goes
 * through struct bg_person. Reaches everything below. */
#ifndef BREAKGLASS_GATE_H
#define BREAKGLASS_GATE_H

#include "breakglass/event.h"
#include "breakglass/grant.h"
#include "breakglass/policy.h"

/* The other end of the conversation. */
struct bg_person {
  void *context;
  /* Asks without echo. The answer is copied to ret_answer (cap bytes, NUL
   * included, cut there). BG_ERR_CONVERSATION if there is none. */
  enum bg_error (*ask)(void *context, const char *prompt, size_t cap, char *ret_answer);
  void (*tell)(void *context, const char *line);
};

/* What the transaction says of itself; strings may be NULL, and are the caller's. */
struct bg_login {
  const char *service;
  const char *user;
  const char *tty;
  const char *auth_info;  /* SSH_AUTH_INFO_0, sshd only */
  const char *connection; /* SSH_CONNECTION, sshd only */
  const char *grant_id;   /* BREAKGLASS_GRANT */
  struct bg_person person;
};

/* One transaction's gate: its policy is loaded once. */
struct bg_gate;
/* Never NULL but for lack of memory; a wrong configuration makes each step deny. */
struct bg_gate *bg_gate_new(void);
void bg_gate_free(struct bg_gate *gate); /* takes NULL */
/* For the system log: what is wrong with the configuration ("" if nothing), and
 * the reference that the last refusal was recorded under ("" if none). */
const char *bg_gate_complaint(const struct bg_gate *gate);
const char *bg_gate_reference(const struct bg_gate *gate);

/* authenticate: verifies, consumes, taints and grants. On BG_OK
 * ret_grant_id has the id to put into BREAKGLASS_GRANT; it is empty where no grant
 * was made (exempt, or inside a session). */
BG_MUST_USE enum bg_error bg_gate_authenticate(struct bg_gate *gate, const struct bg_login *login,
                                               char ret_grant_id[static BG_TOKEN_ID_HEX]);
/* acct_mgmt, and setcred that establishes. */
BG_MUST_USE enum bg_error bg_gate_account(struct bg_gate *gate, const struct bg_login *login);
BG_MUST_USE enum bg_error bg_gate_setcred(struct bg_gate *gate, const struct bg_login *login);
/* open_session. ret_grant_id as above; ret_seconds is what is left until the
 * deadline (0 where there is no grant). */
BG_MUST_USE enum bg_error bg_gate_open(struct bg_gate *gate, const struct bg_login *login,
                                       char ret_grant_id[static BG_TOKEN_ID_HEX],
                                       int64_t *ret_seconds);
/* close_session of the grant that bg_gate_open() gave this process; used is false
 * where no session came of it. BG_ERR_NOT_FOUND if somebody else closed it. */
BG_MUST_USE enum bg_error bg_gate_close(struct bg_gate *gate, const char *grant_id, bool used);

/* Writes the audit record and the closed event of a session whose grant the caller has renamed by
 * bg_grant_close(), and nobody else. host and longest_tainted are the policy's; without one the
 * host's id is "unknown". Errors as bg_event_record(): nothing but the audit record is written
 * then. */
BG_MUST_USE enum bg_error bg_gate_record_closed(const struct bg_host *host, int64_t longest_tainted,
                                                const struct bg_grant *grant,
                                                enum bg_ending ending);
/* Its two parts, for whoever may have to try again: the audit record, once; and the event alone. */
void bg_gate_audit_closed(const struct bg_grant *grant);
BG_MUST_USE enum bg_error bg_gate_record_end(const struct bg_host *host, int64_t longest_tainted,
                                             const struct bg_grant *grant, enum bg_ending ending);

#endif
