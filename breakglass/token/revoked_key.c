/* SPDX-License-Identifier: BSD-2-Clause */
/* An approver's key is taken back by two others, so that a stolen issuer key locks nobody out. */
#include <string.h>

#include "revocations_parts.h"

bool bg_revoke_key_is_signed(const struct bg_signature *signature, const struct bg_ssh_key *key,
                             const uint8_t sha256[static BG_SHA256_SIZE]) {
  uint8_t storage[BG_REVOKE_KEY_SIGNED_MAX];
  struct bg_buf message = BG_BUF(storage);
  bg_revoke_key_to_be_signed(signature->protected, sha256, &message);
  return !message.failed && cose_is_signed(signature, key, bg_buf_view(&message));
}

/* An approver's key, whatever its times: that it has run out revives no other. */
static const struct bg_trusted_key *find_approver(const struct bg_trusted_signers *signers,
                                                  const struct bg_signature *signature) {
  for (size_t i = 0; i < signers->count; i++) {
    const struct bg_trusted_key *key = &signers->keys[i];
    if (key->role == BG_ROLE_APPROVER && key->key.type == signature->type &&
        memcmp(key->key.sha256, signature->kid, BG_KID_SIZE) == 0) {
      return key;
    }
  }
  return NULL;
}

bool bg_revoked_key_is_proven(const struct bg_revoked_key *key,
                              const struct bg_trusted_signers *signers) {
  const char *people[BG_REVOKERS] = {NULL};
  const char *owner = bg_trusted_signers_principal(signers, key->sha256);
  for (size_t i = 0; i < BG_REVOKERS; i++) {
    const struct bg_trusted_key *approver = find_approver(signers, &key->signatures[i]);
    if (approver == NULL || (owner != NULL && strcmp(approver->principal, owner) == 0) ||
        (i > 0 && strcmp(approver->principal, people[0]) == 0) ||
        !bg_revoke_key_is_signed(&key->signatures[i], &approver->key, key->sha256)) {
      return false;
    }
    people[i] = approver->principal;
  }
  return true;
}
