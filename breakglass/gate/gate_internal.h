/* SPDX-License-Identifier: BSD-2-Clause */
/* What the gate's files share. */
#ifndef BREAKGLASS_GATE_INTERNAL_H
#define BREAKGLASS_GATE_INTERNAL_H

#include "breakglass/audit.h"
#include "breakglass/event.h"
#include "breakglass/gate.h"

#define REFERENCE_SIZE 9 /* 8 hex digits and NUL */

struct bg_gate {
  struct bg_policy *policy; /* NULL if the configuration is wrong */
  char complaint[512];
  char reference[REFERENCE_SIZE];
  struct bg_process self;         /* once known; pid 0 before */
  struct bg_grant grant;          /* what this process was granted, or found */
  char grant_id[BG_TOKEN_ID_HEX]; /* of grant; empty if there is none */
};

/* Keeps the first problem for the system log; "policy check" shows all. */
void gate_complain(struct bg_gate *gate, const char *file, unsigned line, const char *text);

/* How a service is judged. */
enum gate_route {
  ROUTE_EXEMPT,     /* let through by the policy alone */
  ROUTE_IN_SESSION, /* su, sudo: needs an open session around it */
  ROUTE_TOKEN,      /* sshd, login: needs a token, then its grant */
  ROUTE_DENIED,     /* anything else */
};
enum gate_route gate_route(const struct bg_gate *gate, const struct bg_login *login);
bool gate_is_ssh(const struct bg_login *login);

/* The process that a grant is for: under sshd the connection's monitor, which is
 * the parent of the one that runs authenticate; otherwise the caller itself. */
enum bg_error gate_owner(struct bg_gate *gate, const struct bg_login *login,
                         struct bg_process *ret_owner);

/* Steps at which a grant is asked for, which decide who may hold it. */
enum gate_step { STEP_ACCOUNT, STEP_SETCRED, STEP_OPEN };
/* The grant that opened this transaction; BG_REFUSED_NO_GRANT for all else. */
enum bg_error gate_find_grant(struct bg_gate *gate, const struct bg_login *login,
                              enum gate_step step, struct bg_grant *ret_grant);
/* The open grant of the audit session around this process. */
enum bg_error gate_find_around(struct bg_grant *ret_grant);

/* sshd and login: from the token to the grant. *ret_refusal is told and recorded
 * by the caller. */
struct gate_refusal {
  enum bg_error code;
  bool repeats;  /* in authenticate, which clients try three times */
  bool trusted;  /* the person may know the reason */
  bool answered; /* to something that the person typed in */
  bool offers_challenge;
  const char *source;               /* NULL if unknown */
  const struct bg_session *session; /* NULL until a token was trusted */
};
enum bg_error gate_admit(struct bg_gate *gate, const struct bg_login *login,
                         char ret_grant_id[static BG_TOKEN_ID_HEX]);

/* Waits until one of the policy's sinks outside of this host has acknowledged the event that opened
 * the session of this token, for [taint] ack_timeout and less than a second more. number is the one
 * that it was recorded under, 0: it has none yet; it may be given another meanwhile, so what lies
 * under it is read before it counts. Holds no lock meanwhile; only for an event without a number it
 * settles the store, as any writer does: the last look may then wait 2 s more for the lock, and
 * without end for a disk that hangs under it. BG_REFUSED_ACK_TIMEOUT. */
enum bg_error gate_await_acknowledgement(const struct bg_policy *policy,
                                         const uint8_t token_id[static BG_TOKEN_ID_SIZE],
                                         int64_t number);

/* Records what was granted: "accepted", "opened", "closed". */
enum bg_error gate_record(int audit, const char *operation, const struct bg_session *session,
                          uint32_t audit_session);

/* Records a refusal and tells the person, once a connection; returns its code. */
enum bg_error gate_refuse(struct bg_gate *gate, const struct bg_login *login,
                          const struct gate_refusal *refusal);
/* The same where nothing but the code is known. */
enum bg_error gate_refuse_plainly(struct bg_gate *gate, const struct bg_login *login,
                                  enum bg_error code);

#endif
