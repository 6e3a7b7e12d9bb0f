/* SPDX-License-Identifier: BSD-2-Clause */
/* Signed calls of the signing service: docs/PROTOCOL.signer.md, section 1. Shared by the service
 * and its callers. Reaches core, sshsig.h. */
#ifndef BREAKGLASS_CALL_H
#define BREAKGLASS_CALL_H

#include "breakglass/sshsig.h"

#define BG_CALL_SCHEME "SSHSIG "
#define BG_CALL_NONCE_SIZE 16
#define BG_CALL_SKEW 120 /* seconds that a caller's clock may be off */
#define BG_CALL_TARGET_MAX 512
#define BG_CALL_MESSAGE_MAX 1024
#define BG_CALL_HEADER_MAX 2048
#define BG_IDEMPOTENCY_MAX 64

#define BG_NAMESPACE_REQUEST "breakglass-request"
#define BG_NAMESPACE_DENY "breakglass-deny"
#define BG_NAMESPACE_REVOKE "breakglass-revoke"
#define BG_NAMESPACE_READ "breakglass-read"

/* What is signed. Views of the caller's. */
struct bg_call {
  struct bg_bytes issuer;
  struct bg_bytes method;
  struct bg_bytes target; /* path and query */
  struct bg_bytes body;
  struct bg_bytes idempotency_key; /* empty: none */
  int64_t time;                    /* Unix seconds */
  uint8_t nonce[BG_CALL_NONCE_SIZE];
};

/* The signed message, appended to buf. BG_ERR_RANGE if a part holds a control character,
 * BG_ERR_TOO_LARGE. */
BG_MUST_USE enum bg_error bg_call_message(const struct bg_call *call, struct bg_buf *buf);

/* The header's value, of a call's time and nonce and an SSHSIG blob, appended to buf. */
void bg_call_put_header(const struct bg_call *call, struct bg_bytes blob, struct bg_buf *buf);

/* A header's value: fills time and nonce of the call, and the blob (ret_blob needs BG_SSHSIG_MAX
 * bytes of room). BG_ERR_NOT_FOUND for another scheme, BG_ERR_SYNTAX. */
BG_MUST_USE enum bg_error bg_call_parse_header(struct bg_bytes header, struct bg_call *ret_call,
                                               struct bg_buf *ret_blob);

/* Whether the blob's key signed the call under the namespace. ret_key gets it: whose it is, is the
 * caller's question, and so are time and nonce. BG_ERR_SYNTAX, BG_ERR_KEY, BG_ERR_UNSUPPORTED,
 * BG_REFUSED_BAD_SIGNATURE. */
BG_MUST_USE enum bg_error bg_call_verify(const struct bg_call *call, const char *namespace,
                                         struct bg_bytes blob, struct bg_ssh_key *ret_key);

#endif
