/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "webhook_signature.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define PREFIX "whsec_"

static struct bg_bytes without_line_end(struct bg_bytes text) {
  size_t len = text.len;
  len -= len > 0 && text.data[len - 1] == '\n';
  return bg_bytes(text.data, len);
}

enum bg_error webhook_secret_new(struct bg_bytes text, struct webhook_secret **ret_secret) {
  const size_t prefix = strlen(PREFIX);
  text = without_line_end(text);
  if (text.len <= prefix || memcmp(text.data, PREFIX, prefix) != 0) {
    return BG_ERR_SYNTAX;
  }
  struct webhook_secret *secret = sodium_malloc(sizeof *secret);
  if (secret == NULL) {
    return BG_ERR_NOMEM;
  }
  struct bg_buf buf = BG_BUF(secret->bytes);
  enum bg_error err =
      bg_parse_base64(bg_bytes(text.data + prefix, text.len - prefix), BG_BASE64, &buf);
  if (err != BG_OK || buf.len < WEBHOOK_SECRET_MIN) {
    webhook_secret_free(secret);
    return BG_ERR_SYNTAX;
  }
  secret->len = buf.len;
  *ret_secret = secret;
  return BG_OK;
}

void webhook_secret_free(struct webhook_secret *secret) {
  sodium_free(secret);
}

void webhook_sign(const struct webhook_secret *secret, const char *id, int64_t time,
                  struct bg_bytes body, char ret_text[static WEBHOOK_SIGNATURE_SIZE]) {
  char head[96];
  uint8_t mac[crypto_auth_hmacsha256_BYTES];
  crypto_auth_hmacsha256_state state;
  struct bg_buf text = {.data = (uint8_t *)ret_text, .cap = WEBHOOK_SIGNATURE_SIZE};
  (void)snprintf(head, sizeof head, "%s.%" PRId64 ".", id, time);
  (void)crypto_auth_hmacsha256_init(&state, secret->bytes, secret->len);
  (void)crypto_auth_hmacsha256_update(&state, (const uint8_t *)head, strlen(head));
  (void)crypto_auth_hmacsha256_update(&state, body.data, body.len);
  (void)crypto_auth_hmacsha256_final(&state, mac);
  sodium_memzero(&state, sizeof state);
  bg_buf_put_text(&text, "v1,");
  bg_put_base64(&text, bg_bytes(mac, sizeof mac), BG_BASE64);
}
