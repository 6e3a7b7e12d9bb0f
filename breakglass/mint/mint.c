/* SPDX-License-Identifier: BSD-2-Clause */
#include "breakglass/mint.h"

#include <string.h>

/* Storage for one signature more. */
struct fresh_signature {
  uint8_t protected[32];
  uint8_t value[BG_SIGNATURE_MAX];
};

static size_t total_length(const char (*texts)[BG_NAME_SIZE], size_t count) {
  size_t total = 0;
  for (size_t i = 0; i < count; i++) {
    total += strlen(texts[i]);
  }
  return total;
}

/* The claim that gives most when shortened. */
static const char *longest_claim(const struct bg_claims *claims) {
  const struct {
    const char *name;
    size_t len;
  } found[] = {
      {"reason", strlen(claims->reason)},
      {"audience", total_length(claims->audiences, claims->audience_count)},
      {"source", total_length(claims->sources, claims->source_count)},
      {"subject", strlen(claims->subject)},
      {"issuer", strlen(claims->issuer)},
      {"login", strlen(claims->login)},
  };
  size_t longest = 0;
  for (size_t i = 1; i < sizeof found / sizeof found[0]; i++) {
    longest = found[i].len > found[longest].len ? i : longest;
  }
  return found[longest].name;
}

static enum bg_error sign(struct bg_signing_key *key, struct bg_bytes payload,
                          struct fresh_signature *storage, struct bg_signature *ret_signature) {
  const struct bg_ssh_key *public = bg_signing_key_public(key);
  uint8_t message_storage[BG_TOKEN_BYTES_MAX + 64];
  struct bg_buf protected = BG_BUF(storage->protected);
  struct bg_buf message = BG_BUF(message_storage);
  struct bg_signature signature = {.type = public->type};
  enum bg_error err = bg_token_protected(public, &protected);
  if (err != BG_OK) {
    return err;
  }
  signature.protected = bg_buf_view(&protected);
  memcpy(signature.kid, public->sha256, sizeof signature.kid);
  bg_token_to_be_signed(signature.protected, payload, &message);
  if (message.failed) {
    return BG_ERR_TOO_LARGE;
  }
  size_t len = 0;
  err = bg_signing_key_sign(key, bg_buf_view(&message), storage->value, &len);
  if (err != BG_OK) {
    return err;
  }
  signature.value = bg_bytes(storage->value, len);
  *ret_signature = signature;
  return BG_OK;
}

enum bg_error bg_sign_claims(struct bg_signing_key *key, struct bg_bytes payload,
                             uint8_t ret_value[static BG_SIGNATURE_MAX], size_t *ret_len) {
  struct fresh_signature fresh;
  struct bg_signature signature;
  enum bg_error err = sign(key, payload, &fresh, &signature);
  if (err == BG_OK) {
    memcpy(ret_value, signature.value.data, signature.value.len);
    *ret_len = signature.value.len;
  }
  return err;
}

static enum bg_error mint(struct bg_signing_key *key, const struct bg_claims *claims,
                          char *ret_text) {
  uint8_t storage[BG_TOKEN_BYTES_MAX];
  struct bg_buf payload = BG_BUF(storage);
  struct fresh_signature fresh;
  struct bg_signature signature;
  enum bg_error err = bg_claims_encode(claims, &payload);
  if (err == BG_OK) {
    err = sign(key, bg_buf_view(&payload), &fresh, &signature);
  }
  return err == BG_OK ? bg_token_encode(bg_buf_view(&payload), &signature, 1, ret_text) : err;
}

enum bg_error bg_mint(struct bg_signing_key *key, const struct bg_claims *claims,
                      char ret_text[static BG_TOKEN_TEXT_MAX + 1], const char **ret_longest_claim) {
  enum bg_error err = mint(key, claims, ret_text);
  if (err == BG_ERR_TOO_LARGE && ret_longest_claim != NULL) {
    *ret_longest_claim = longest_claim(claims);
  }
  return err;
}

static enum bg_error find_room(const struct bg_token *token, const uint8_t *kid) {
  for (size_t i = 0; i < token->signature_count; i++) {
    if (memcmp(token->signatures[i].kid, kid, BG_KID_SIZE) == 0) {
      return BG_ERR_EXISTS;
    }
  }
  return token->signature_count == BG_SIGNATURES_MAX ? BG_ERR_RANGE : BG_OK;
}

enum bg_error bg_cosign(struct bg_signing_key *key, const char *text,
                        char ret_text[static BG_TOKEN_TEXT_MAX + 1],
                        const char **ret_longest_claim) {
  struct bg_token token;
  struct bg_claims claims;
  struct fresh_signature fresh;
  enum bg_error err = bg_token_decode(text, &token);
  if (err == BG_OK) {
    err = bg_claims_decode(token.payload, &claims);
  }
  if (err == BG_OK) {
    err = find_room(&token, bg_signing_key_public(key)->sha256);
  }
  if (err == BG_OK) {
    err = sign(key, token.payload, &fresh, &token.signatures[token.signature_count]);
  }
  if (err != BG_OK) {
    return err;
  }
  err = bg_token_encode(token.payload, token.signatures, token.signature_count + 1, ret_text);
  if (err == BG_ERR_TOO_LARGE && ret_longest_claim != NULL) {
    *ret_longest_claim = longest_claim(&claims);
  }
  return err;
}
