/* SPDX-License-Identifier: BSD-2-Clause */
/* One input as the text of a token, as its message, and as its claims. What is
 * read is written again as it was. */
#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition) {
  if (!condition) {
    abort();
  }
}

static void try_claims(struct bg_bytes payload) {
  struct bg_claims claims;
  uint8_t storage[4096];
  struct bg_buf buf = BG_BUF(storage);
  if (bg_claims_decode(payload, &claims) != BG_OK) {
    return;
  }
  require(bg_claims_encode(&claims, &buf) == BG_OK);
  /* A list of one audience is written as a text. */
  require(buf.len == payload.len ? memcmp(buf.data, payload.data, buf.len) == 0
                                 : claims.audience_count == 1 && buf.len + 1 == payload.len);
}

static void try_text(const char *text) {
  char again[BG_TOKEN_TEXT_MAX + 1];
  struct bg_token token;
  enum bg_error err = bg_token_decode(text, &token);
  if (err != BG_OK) {
    require(err == BG_REFUSED_TOO_LONG || err == BG_REFUSED_MALFORMED);
    return;
  }
  require(token.signature_count >= 1 && token.signature_count <= BG_SIGNATURES_MAX);
  require(bg_token_encode(token.payload, token.signatures, token.signature_count, again) == BG_OK);
  require(strcmp(text, again) == 0);
  for (size_t i = 0; i < token.signature_count; i++) {
    struct bg_ssh_key key = {.type = token.signatures[i].type, .application = "ssh:"};
    require(!bg_token_signature_is_good(&token.signatures[i], &key, token.payload));
  }
  try_claims(token.payload);
}

static void try_message(const uint8_t *data, size_t size) {
  char text[sizeof BG_TOKEN_PREFIX + BG_TOKEN_TEXT_MAX] = BG_TOKEN_PREFIX;
  if (size <= BG_TOKEN_BYTES_MAX) {
    (void)sodium_bin2base64(text + strlen(text), sizeof text - strlen(text), data, size,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    try_text(text);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = malloc(size + 1);
  if (text == NULL || sodium_init() < 0) {
    free(text);
    return 0;
  }
  memcpy(text, data, size);
  text[size] = '\0';
  try_text(text);
  free(text);
  try_message(data, size);
  try_claims(bg_bytes(data, size));
  return 0;
}
