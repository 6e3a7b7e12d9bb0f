/* SPDX-License-Identifier: BSD-2-Clause */
/* Records in the Linux audit log: AUDIT_TRUSTED_APP with op=breakglass-...
 * (docs/PROTOCOL.events.md). Reaches core, libaudit. */
#ifndef BREAKGLASS_AUDIT_H
#define BREAKGLASS_AUDIT_H

#include "breakglass/session.h"

/* A connection to the kernel's audit; close it with bg_audit_close(). Not to be
 * kept over steps: applications close descriptors that they do not know.
 * BG_REFUSED_AUDIT_UNAVAILABLE. */
BG_MUST_USE enum bg_error bg_audit_open(int *ret_audit);
void bg_audit_close(int audit); /* takes -1 */

/* Asks the kernel for the state of auditing; bg_audit_check() waits for the answer.
 * Together 100 us: on acceptance only. BG_REFUSED_AUDIT_UNAVAILABLE. */
BG_MUST_USE enum bg_error bg_audit_ask(int audit);
/* After bg_audit_ask(): whether records will be kept: auditing enabled, auditd alive,
 * and its disk above admin_space_left unless auditd.conf has it make room by
 * itself. BG_REFUSED_AUDIT_UNAVAILABLE. */
BG_MUST_USE enum bg_error bg_audit_check(int audit);

/* Whether auditd.conf has auditd make room by itself when its disk is full, and go on. */
bool bg_audit_makes_room(void);

struct bg_audit_record {
  const char *operation; /* "accepted", "refused", "opened", "closed" */
  bool success;
  const char *reason_code; /* refusal code or NULL */
  const char *reference;   /* what the person was told to quote, or NULL */
  const char *login;       /* as claimed; NULL if unknown */
  const char *service;
  const char *source;               /* NULL or empty on a console */
  const struct bg_session *session; /* NULL until a token was trusted */
  uint32_t audit_session;           /* BG_NO_AUDIT_SESSION if unknown */
};
/* Sends one record. BG_ERR_IO if the kernel did not take it, or audit is -1. */
BG_MUST_USE enum bg_error bg_audit_write(int audit, const struct bg_audit_record *record);

/* Keystrokes of this process and its children into the audit log (pam_tty_audit). */
BG_MUST_USE enum bg_error bg_audit_tty_enable(int audit);

#endif
