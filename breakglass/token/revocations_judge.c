/* SPDX-License-Identifier: BSD-2-Clause */
/* Whose list it is, and what stands in it. */
#include <stdlib.h>
#include <string.h>

#include "revocations_parts.h"

/* The payload is as large as the file, and is signed in one piece with a head before it. */
static enum bg_error check_signature(const struct bg_revocations *list,
                                     const struct bg_signature *signature,
                                     const struct bg_ssh_key *key) {
  const size_t cap = list->payload.len + COSE_OVERHEAD;
  struct bg_buf message = {.data = malloc(cap), .cap = cap};
  if (message.data == NULL) {
    return BG_ERR_NOMEM;
  }
  bg_revocations_to_be_signed(signature->protected, list->payload, &message);
  bool good = !message.failed && cose_is_signed(signature, key, bg_buf_view(&message));
  free(message.data);
  return good ? BG_OK : BG_REFUSED_BAD_SIGNATURE;
}

const struct bg_trusted_key *revocations_find_key(const struct bg_trusted_signers *signers,
                                                  const struct bg_signature *signature,
                                                  enum bg_role role) {
  for (size_t i = 0; i < signers->count; i++) {
    const struct bg_trusted_key *key = &signers->keys[i];
    if (key->role == role && key->key.type == signature->type &&
        memcmp(key->key.sha256, signature->kid, BG_KID_SIZE) == 0) {
      return key;
    }
  }
  return NULL;
}

static bool is_by_issuer(const struct bg_revocations *list,
                         const struct bg_trusted_signers *signers) {
  for (size_t i = 0; i < list->signature_count; i++) {
    const struct bg_trusted_key *key =
        revocations_find_key(signers, &list->signatures[i], BG_ROLE_ISSUER);
    if (key != NULL && strcmp(key->principal, list->issuer) == 0) {
      return true;
    }
  }
  return false;
}

enum bg_error bg_revocations_check_signers(const struct bg_revocations *list,
                                           const struct bg_trusted_signers *signers, int64_t now) {
  for (size_t i = 0; i < list->signature_count; i++) {
    const struct bg_trusted_key *key =
        revocations_find_key(signers, &list->signatures[i], BG_ROLE_ISSUER);
    if (key == NULL || now < key->valid_after || now >= key->valid_before) {
      return BG_REFUSED_UNTRUSTED_KEY;
    }
  }
  return BG_OK;
}

enum bg_error bg_revocations_verify(struct bg_revocations *list,
                                    const struct bg_trusted_signers *signers) {
  for (size_t i = 0; i < list->signature_count; i++) {
    const struct bg_signature *signature = &list->signatures[i];
    const struct bg_trusted_key *key = revocations_find_key(signers, signature, BG_ROLE_ISSUER);
    if (key == NULL) {
      return BG_REFUSED_UNTRUSTED_KEY;
    }
    enum bg_error err = check_signature(list, signature, &key->key);
    if (err != BG_OK) {
      return err;
    }
  }
  if (!revocations_decode_payload(list)) {
    return BG_REFUSED_BAD_CLAIMS;
  }
  enum bg_error err = bg_revocations_check_signers(list, signers, list->issued_at);
  if (err != BG_OK) {
    return err;
  }
  return is_by_issuer(list, signers) ? BG_OK : BG_REFUSED_WRONG_ISSUER;
}

enum bg_error bg_revocations_check_time(const struct bg_revocations *list, int64_t now,
                                        int64_t skew) {
  if (now + skew < list->issued_at) {
    return BG_REFUSED_NOT_YET_VALID;
  }
  return now - skew > list->expires ? BG_REFUSED_EXPIRED : BG_OK;
}

bool bg_revocations_is_newer(const struct bg_revocations *list, const struct bg_revocations *than) {
  return strcmp(list->issuer, than->issuer) == 0 ? list->number > than->number
                                                 : list->issued_at > than->issued_at;
}

/* Encoded strings of one length lie at equal distances. */
static bool has_string(const uint8_t *first, size_t count, size_t head, size_t len,
                       const uint8_t *wanted) {
  size_t low = 0;
  size_t high = count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    const int order = memcmp(first + middle * (head + len) + head, wanted, len);
    if (order == 0) {
      return true;
    }
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return false;
}

bool bg_revocations_has_token(const struct bg_revocations *list,
                              const uint8_t id[static BG_TOKEN_ID_SIZE]) {
  return has_string(list->tokens, list->token_count, TOKEN_HEAD, BG_TOKEN_ID_SIZE, id);
}

bool bg_revocations_has_holder(const struct bg_revocations *list,
                               const uint8_t sha256[static BG_SHA256_SIZE]) {
  return has_string(list->holders, list->holder_count, HOLDER_HEAD, BG_SHA256_SIZE, sha256);
}

bool bg_revocations_has_key(const struct bg_revocations *list,
                            const struct bg_trusted_signers *signers,
                            const uint8_t sha256[static BG_SHA256_SIZE]) {
  size_t low = 0;
  size_t high = list->key_count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    struct bg_revoked_key key = {0};
    bg_revocations_key(list, middle, &key);
    const int order = memcmp(key.sha256, sha256, sizeof key.sha256);
    if (order == 0) {
      return bg_revoked_key_is_proven(&key, signers);
    }
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return false;
}
