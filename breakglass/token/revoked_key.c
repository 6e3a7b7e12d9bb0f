/* SPDX-License-Identifier: BSD-2-Clause */
/* An approver's key is taken back by two others, so that a stolen issuer key locks nobody out. */
#include <string.h>

#include "revocations_parts.h"

_Static_assert(BG_REVOKERS == 2, "two different people");

bool bg_revoke_key_is_signed(const struct bg_signature *signature, const struct bg_ssh_key *key,
                             const uint8_t sha256[static BG_SHA256_SIZE]) {
  uint8_t storage[BG_REVOKE_KEY_SIGNED_MAX];
  struct bg_buf message = BG_BUF(storage);
  bg_revoke_key_to_be_signed(signature->protected, sha256, &message);
  return !message.failed && cose_is_signed(signature, key, bg_buf_view(&message));
}

const char *bg_revoker(const struct bg_signature *signature,
                       const uint8_t sha256[static BG_SHA256_SIZE],
                       const struct bg_trusted_signers *signers) {
  const char *owner = bg_trusted_signers_principal(signers, sha256);
  const struct bg_trusted_key *key = revocations_find_key(signers, signature, BG_ROLE_APPROVER);
  const bool counts = key != NULL && (owner == NULL || strcmp(key->principal, owner) != 0) &&
                      bg_revoke_key_is_signed(signature, &key->key, sha256);
  return counts ? key->principal : NULL;
}

bool bg_revoked_key_is_proven(const struct bg_revoked_key *key,
                              const struct bg_trusted_signers *signers) {
  const char *first = bg_revoker(&key->signatures[0], key->sha256, signers);
  const char *second = bg_revoker(&key->signatures[1], key->sha256, signers);
  return first != NULL && second != NULL && strcmp(first, second) != 0;
}
