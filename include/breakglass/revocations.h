/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of what was taken back before its time: tokens, holders' keys, approvers' keys. Its
 * codec, and its judgement as pure functions over what they are handed; docs/PROTOCOL.token.md,
 * section 9. Reaches core, ssh, token.h. */
#ifndef BREAKGLASS_REVOCATIONS_H
#define BREAKGLASS_REVOCATIONS_H

#include "breakglass/token.h"

#define BG_REVOCATIONS_AAD "breakglass-revocations-v1"
#define BG_REVOKE_KEY_AAD "breakglass-revoke-key-v1"
#define BG_REVOCATIONS_MAX 262144    /* bytes of a list with its signatures */
#define BG_REVOCATIONS_LIFE 86400    /* seconds from issued to expires */
#define BG_REVOKED_KEYS_MAX 256      /* as many as trusted_signers has keys */
#define BG_REVOKERS 2                /* approvers that it takes to revoke one's key */
#define BG_REVOKE_KEY_SIGNED_MAX 128 /* bytes that an approver signs for it */

/* A list that was read. The views point into its bytes, which outlive it. All from issuer on is
 * there only once bg_revocations_verify() has answered BG_OK. */
struct bg_revocations {
  struct bg_bytes bytes;
  struct bg_bytes payload;
  struct bg_signature signatures[BG_SIGNATURES_MAX];
  size_t signature_count;
  char issuer[BG_NAME_SIZE];
  int64_t number; /* 1 and on; grows with each list that differs or is renewed */
  int64_t issued_at, expires;
  const uint8_t *tokens; /* encoded: a head of one byte and the id, each */
  size_t token_count;
  const uint8_t *holders; /* encoded: a head of two bytes and the hash, each */
  size_t holder_count;
  uint32_t keys[BG_REVOKED_KEYS_MAX]; /* where in the payload each begins */
  size_t key_count;
};

/* An approver's key, and the signatures that take it back. */
struct bg_revoked_key {
  uint8_t sha256[BG_SHA256_SIZE];
  struct bg_signature signatures[BG_REVOKERS];
};

/* The message alone; the payload is not looked into. BG_ERR_TOO_LARGE, BG_REFUSED_MALFORMED. */
BG_MUST_USE enum bg_error bg_revocations_parse(struct bg_bytes bytes,
                                               struct bg_revocations *ret_list);
/* Whether issuers made it that were trusted when it was issued: that their keys have run out since
 * then takes nothing back, and does not undo what was. BG_REFUSED_UNTRUSTED_KEY,
 * BG_REFUSED_BAD_SIGNATURE, BG_REFUSED_BAD_CLAIMS (a payload that is not one in every byte),
 * BG_REFUSED_WRONG_ISSUER, BG_ERR_NOMEM. Keys are judged when they are asked for, by
 * bg_revocations_has_key(). */
BG_MUST_USE enum bg_error bg_revocations_verify(struct bg_revocations *list,
                                                const struct bg_trusted_signers *signers);
/* Whether the keys behind it are still trusted, which who takes a new list asks, too; now is the
 * later of the clock and its mark. BG_REFUSED_UNTRUSTED_KEY. */
BG_MUST_USE enum bg_error bg_revocations_check_signers(const struct bg_revocations *list,
                                                       const struct bg_trusted_signers *signers,
                                                       int64_t now);
/* Whether it is one of now: BG_REFUSED_NOT_YET_VALID, BG_REFUSED_EXPIRED. */
BG_MUST_USE enum bg_error bg_revocations_check_time(const struct bg_revocations *list, int64_t now,
                                                    int64_t skew);

/* Whether it takes the place of one that is there: a later number of the same issuer, or a later
 * list of another. */
bool bg_revocations_is_newer(const struct bg_revocations *list, const struct bg_revocations *than);

bool bg_revocations_has_token(const struct bg_revocations *list,
                              const uint8_t id[static BG_TOKEN_ID_SIZE]);
bool bg_revocations_has_holder(const struct bg_revocations *list,
                               const uint8_t sha256[static BG_SHA256_SIZE]);
/* Whether the key stands in the list and two approvers of these signers, other than its owner, have
 * signed that. Their keys' times do not matter: that one has run out revives no other. */
bool bg_revocations_has_key(const struct bg_revocations *list,
                            const struct bg_trusted_signers *signers,
                            const uint8_t sha256[static BG_SHA256_SIZE]);
/* The key with this index in the list, as it stands there. */
void bg_revocations_key(const struct bg_revocations *list, size_t index,
                        struct bg_revoked_key *ret_key);
/* The two approvers behind it, as above; false if it has not got them. */
bool bg_revoked_key_is_proven(const struct bg_revoked_key *key,
                              const struct bg_trusted_signers *signers);

/* What a list says, to be written: ids and hashes sorted and each once. */
struct bg_revocations_content {
  const char *issuer;
  int64_t number, issued_at; /* it expires BG_REVOCATIONS_LIFE later */
  const uint8_t (*tokens)[BG_TOKEN_ID_SIZE];
  size_t token_count;
  const uint8_t (*holders)[BG_SHA256_SIZE];
  size_t holder_count;
  const struct bg_revoked_key *keys;
  size_t key_count;
};
/* The payload. What it writes, the reader takes, or it answers BG_ERR_RANGE; BG_ERR_TOO_LARGE. */
BG_MUST_USE enum bg_error bg_revocations_encode(const struct bg_revocations_content *content,
                                                struct bg_buf *payload);
/* The message around it. */
BG_MUST_USE enum bg_error bg_revocations_wrap(struct bg_bytes payload,
                                              const struct bg_signature *signatures, size_t count,
                                              struct bg_buf *buf);
/* What is signed: of a list, and of one key that an approver revokes. */
void bg_revocations_to_be_signed(struct bg_bytes protected, struct bg_bytes payload,
                                 struct bg_buf *buf);
void bg_revoke_key_to_be_signed(struct bg_bytes protected,
                                const uint8_t sha256[static BG_SHA256_SIZE], struct bg_buf *buf);
/* The approver, other than the revoked key's owner, whose good signature of that this is; NULL if
 * it is nobody's. The times of their key do not matter, as above. */
const char *bg_revoker(const struct bg_signature *signature,
                       const uint8_t sha256[static BG_SHA256_SIZE],
                       const struct bg_trusted_signers *signers);
/* Whether this key has signed that the other one is revoked. */
bool bg_revoke_key_is_signed(const struct bg_signature *signature, const struct bg_ssh_key *key,
                             const uint8_t sha256[static BG_SHA256_SIZE]);

#endif
