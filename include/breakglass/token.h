/* SPDX-License-Identifier: BSD-2-Clause */
/* The token: a CBOR Web Token (RFC 8392) in a COSE_Sign message (RFC 9052), as
 * docs/PROTOCOL.token.md says. Decoding and encoding only; who may have signed
 * and what it allows is verify.h. Reaches core, ssh. */
#ifndef BREAKGLASS_TOKEN_H
#define BREAKGLASS_TOKEN_H

#include "breakglass/auth_info.h"
#include "breakglass/text.h"
#include "breakglass/trusted_signers.h"

#define BG_TOKEN_PREFIX "bg1_"
#define BG_TOKEN_AAD "breakglass-token-v1"
#define BG_TOKEN_BYTES_MAX 747 /* of a text of BG_TOKEN_TEXT_MAX */
#define BG_TOKEN_ID_SIZE 16
#define BG_NONCE_SIZE 16
#define BG_SIGNATURES_MAX 5
#define BG_SCOPES_MAX 8 /* audiences, sources */
#define BG_REASON_MAX 200
#define BG_REASON_SIZE (BG_REASON_MAX + 1)
#define BG_ALG_ED25519 (-8)
#define BG_ALG_SK_ED25519 (-70001)
#define BG_SIGNATURE_MAX 69
#define BG_SIGNATURE_TEXT_SIZE 93 /* as base64url, and NUL */

enum bg_level { BG_LEVEL_NONE = 0, BG_LEVEL_REFRESH = 1, BG_LEVEL_REBUILD, BG_LEVEL_REALLOCATE };
/* "refresh", ...; NULL for BG_LEVEL_NONE. */
const char *bg_level_name(enum bg_level level);
BG_MUST_USE enum bg_error bg_level_parse(struct bg_bytes text, enum bg_level *ret_level);

struct bg_signature {
  struct bg_bytes protected; /* encoded header, views into the token's bytes */
  struct bg_bytes value;     /* 64 bytes, or 69 for a hardware key */
  enum bg_ssh_key_type type;
  uint8_t kid[BG_KID_SIZE];
};

/* A decoded message. The views point into bytes: do not copy or move it. */
struct bg_token {
  uint8_t bytes[BG_TOKEN_BYTES_MAX + 1];
  size_t len;
  struct bg_bytes payload;
  struct bg_signature signatures[BG_SIGNATURES_MAX];
  size_t signature_count;
};

struct bg_claims {
  char issuer[BG_NAME_SIZE];
  char subject[BG_NAME_SIZE];
  char audiences[BG_SCOPES_MAX][BG_NAME_SIZE]; /* "host:ID", "group:NAME" */
  size_t audience_count;
  int64_t expires, not_before, issued_at; /* Unix seconds */
  uint8_t id[BG_TOKEN_ID_SIZE];
  bool has_holder;
  uint8_t holder[BG_SHA256_SIZE];
  bool has_nonce;
  uint8_t nonce[BG_NONCE_SIZE];
  char login[BG_NAME_SIZE];
  int64_t longest;     /* "max": seconds, 1..INT32_MAX */
  enum bg_level level; /* BG_LEVEL_NONE if absent */
  char reason[BG_REASON_SIZE];
  char sources[BG_SCOPES_MAX][BG_NAME_SIZE]; /* CIDR blocks as given */
  size_t source_count;
};

/* Text to message: BG_REFUSED_TOO_LONG or BG_REFUSED_MALFORMED. The payload is
 * not looked into. text is NUL-terminated, surrounding blanks are not accepted. */
BG_MUST_USE enum bg_error bg_token_decode(const char *text, struct bg_token *ret_token);
/* The message to text of at most BG_TOKEN_TEXT_MAX characters; ret_text has
 * BG_TOKEN_TEXT_MAX + 1 bytes. BG_ERR_TOO_LARGE if it does not fit. */
BG_MUST_USE enum bg_error bg_token_encode(struct bg_bytes payload,
                                          const struct bg_signature *signatures, size_t count,
                                          char *ret_text);
/* Payload to claims, all rules of the claims' types and ranges: BG_REFUSED_BAD_CLAIMS. */
BG_MUST_USE enum bg_error bg_claims_decode(struct bg_bytes payload, struct bg_claims *ret_claims);
/* Claims to payload. BG_ERR_TOO_LARGE. What it writes, bg_claims_decode() accepts,
 * or it answers BG_ERR_RANGE. */
BG_MUST_USE enum bg_error bg_claims_encode(const struct bg_claims *claims, struct bg_buf *buf);

/* The protected header {1: alg, 4: kid} of a key's signature. BG_ERR_KEY for BG_SSH_OTHER. */
BG_MUST_USE enum bg_error bg_token_protected(const struct bg_ssh_key *key, struct bg_buf *buf);
/* Sig_structure of RFC 9052 section 4.4: the bytes that are signed. */
void bg_token_to_be_signed(struct bg_bytes protected, struct bg_bytes payload, struct bg_buf *buf);
/* Whether the signature, of the key's kind, is good. */
bool bg_token_signature_is_good(const struct bg_signature *signature, const struct bg_ssh_key *key,
                                struct bg_bytes payload);

#endif
