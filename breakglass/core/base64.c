/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <sodium.h>

#include "breakglass/text.h"

static int variant_of(enum bg_base64 kind) {
  return kind == BG_BASE64URL ? sodium_base64_VARIANT_URLSAFE_NO_PADDING
                              : sodium_base64_VARIANT_ORIGINAL;
}

void bg_put_base64(struct bg_buf *buf, struct bg_bytes bytes, enum bg_base64 kind) {
  const size_t size = sodium_base64_encoded_len(bytes.len, variant_of(kind));
  if (buf->failed || buf->cap - buf->len < size) {
    buf->failed = true;
    return;
  }
  (void)sodium_bin2base64((char *)buf->data + buf->len, size, bytes.data, bytes.len,
                          variant_of(kind));
  buf->len += size - 1; /* without its NUL */
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
