/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <sodium.h>

#include "breakglass/text.h"

static int variant_of(enum bg_base64 kind) {
  return kind == BG_BASE64URL ? sodium_base64_VARIANT_URLSAFE_NO_PADDING
                              : sodium_base64_VARIANT_ORIGINAL;
}

static const char *alphabet_of(enum bg_base64 kind) {
  return kind == BG_BASE64URL ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
                              : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
}

/* At most three bytes to as many characters as hold them, and one more. */
static char *put_group(char *at, const uint8_t *bytes, size_t len, const char *alphabet) {
  const uint32_t group = (uint32_t)bytes[0] << 16 | (len > 1 ? (uint32_t)bytes[1] << 8 : 0U) |
                         (len > 2 ? (uint32_t)bytes[2] : 0U);
  for (size_t i = 0; i <= len; i++) {
    *at++ = alphabet[group >> (18 - 6 * i) & 0x3F];
  }
  return at;
}

/* By a table: libsodium's own takes the same time whatever the bytes are, and several times as
 * long, which is for keys. None is written here. */
void bg_put_base64(struct bg_buf *buf, struct bg_bytes bytes, enum bg_base64 kind) {
  const size_t size = sodium_base64_encoded_len(bytes.len, variant_of(kind));
  if (buf->failed || buf->cap - buf->len < size) {
    buf->failed = true;
    return;
  }
  char *at = (char *)buf->data + buf->len;
  for (size_t i = 0; i < bytes.len; i += 3) {
    const size_t left = bytes.len - i;
    at = put_group(at, bytes.data + i, left < 3 ? left : 3, alphabet_of(kind));
  }
  buf->len += size - 1; /* without its NUL */
  for (char *end = (char *)buf->data + buf->len; at < end;) {
    *at++ = '=';
  }
  *at = '\0';
}

/* libsodium takes bytes above 127 for characters of the alphabet. */
static bool is_ascii(struct bg_bytes text) {
  for (size_t i = 0; i < text.len; i++) {
    if (text.data[i] > 0x7e) {
      return false;
    }
  }
  return true;
}

enum bg_error bg_parse_base64(struct bg_bytes text, enum bg_base64 kind, struct bg_buf *ret_bytes) {
  size_t len = 0;
  if (text.len == 0 || !is_ascii(text) ||
      sodium_base642bin(ret_bytes->data, ret_bytes->cap, (const char *)text.data, text.len, NULL,
                        &len, NULL, variant_of(kind)) != 0) {
    return BG_ERR_SYNTAX;
  }
  ret_bytes->len = len;
  return BG_OK;
}
