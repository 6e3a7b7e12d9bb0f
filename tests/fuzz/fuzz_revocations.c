/* SPDX-License-Identifier: BSD-2-Clause */
/* A revocation list, behind whose signature nothing is trusted either: what is read as a payload is
 * written as the same bytes again, and everything in it is found. */
#include <stdlib.h>
#include <string.h>

#include "breakglass/revocations.h"
#include "breakglass/token/revocations_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition) {
  if (!condition) {
    abort();
  }
}

static void check_found(const struct bg_revocations *list) {
  const struct bg_trusted_signers nobody = {0};
  for (size_t i = 0; i < list->token_count; i++) {
    check(bg_revocations_has_token(list, list->tokens + i * (TOKEN_HEAD + BG_TOKEN_ID_SIZE) +
                                             TOKEN_HEAD));
  }
  for (size_t i = 0; i < list->holder_count; i++) {
    check(bg_revocations_has_holder(list, list->holders + i * (HOLDER_HEAD + BG_SHA256_SIZE) +
                                              HOLDER_HEAD));
  }
  for (size_t i = 0; i < list->key_count; i++) {
    struct bg_revoked_key key = {0};
    bg_revocations_key(list, i, &key);
    check(!bg_revocations_has_key(list, &nobody, key.sha256));
  }
}

static void check_same(const struct bg_revocations *list) {
  static uint8_t tokens[BG_REVOCATIONS_MAX / BG_TOKEN_ID_SIZE][BG_TOKEN_ID_SIZE];
  static uint8_t holders[BG_REVOCATIONS_MAX / BG_SHA256_SIZE][BG_SHA256_SIZE];
  static struct bg_revoked_key keys[BG_REVOKED_KEYS_MAX];
  static uint8_t bytes[BG_REVOCATIONS_MAX];
  struct bg_buf buf = BG_BUF(bytes);
  for (size_t i = 0; i < list->token_count; i++) {
    memcpy(tokens[i], list->tokens + i * (TOKEN_HEAD + BG_TOKEN_ID_SIZE) + TOKEN_HEAD,
           BG_TOKEN_ID_SIZE);
  }
  for (size_t i = 0; i < list->holder_count; i++) {
    memcpy(holders[i], list->holders + i * (HOLDER_HEAD + BG_SHA256_SIZE) + HOLDER_HEAD,
           BG_SHA256_SIZE);
  }
  for (size_t i = 0; i < list->key_count; i++) {
    bg_revocations_key(list, i, &keys[i]);
  }
  const struct bg_revocations_content content = {
      .issuer = list->issuer,
      .number = list->number,
      .issued_at = list->issued_at,
      .tokens = (const uint8_t(*)[BG_TOKEN_ID_SIZE])tokens,
      .token_count = list->token_count,
      .holders = (const uint8_t(*)[BG_SHA256_SIZE])holders,
      .holder_count = list->holder_count,
      .keys = keys,
      .key_count = list->key_count};
  check(bg_revocations_encode(&content, &buf) == BG_OK &&
        bg_bytes_equal(bg_buf_view(&buf), list->payload));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct bg_revocations list;
  if (bg_revocations_parse(bg_bytes(data, size), &list) != BG_OK ||
      !revocations_decode_payload(&list)) {
    return 0;
  }
  check_found(&list);
  check_same(&list);
  return 0;
}
