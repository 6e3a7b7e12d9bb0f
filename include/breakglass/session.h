/* SPDX-License-Identifier: BSD-2-Clause */
/* Who is let in, why and until when: made by the gate from an accepted token,
 * kept in the grant, told by events and audit records. A plain record. */
#ifndef BREAKGLASS_SESSION_H
#define BREAKGLASS_SESSION_H

#include "breakglass/host_clock.h"
#include "breakglass/token.h"

#define BG_SERVICE_SIZE 33
#define BG_TTY_SIZE 65
#define BG_SOURCE_SIZE 65

struct bg_session {
  uint8_t token_id[BG_TOKEN_ID_SIZE];
  char issuer[BG_NAME_SIZE];
  char subject[BG_NAME_SIZE];
  char approvers[BG_SIGNATURES_MAX][BG_NAME_SIZE];
  size_t approver_count;
  char login[BG_NAME_SIZE];
  char reason[BG_REASON_SIZE];
  char service[BG_SERVICE_SIZE];
  char source[BG_SOURCE_SIZE];    /* numeric address; empty on a console */
  char tty[BG_TTY_SIZE];          /* empty if none */
  bool has_holder;                /* it came over SSH */
  uint8_t holder[BG_SHA256_SIZE]; /* of the public key that logged in */
  enum bg_level level;
  bool by_issuer;     /* issued_at is vouched for, a lease exists */
  bool clock_trusted; /* false for a challenge token */
  bool audit_available;
  bool revocations_fresh;    /* a revocation list of now was there to judge it by */
  int64_t issued_at;         /* Unix seconds */
  int64_t accepted;          /* Unix seconds, this host's clock */
  int64_t deadline;          /* Unix seconds, this host's clock: for people and records */
  int64_t deadline_boottime; /* CLOCK_BOOTTIME seconds: what counts on the host */
};

#endif
