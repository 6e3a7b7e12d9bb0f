/* SPDX-License-Identifier: BSD-2-Clause */
#include "private_key.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

struct private_key private_key_of(enum test_person person) {
  return (struct private_key){.cipher = "none",
                              .type = "ssh-ed25519",
                              .count = 1,
                              .checks = {77, 77},
                              .public = person,
                              .secret = person,
                              .trailer = ""};
}

static void put_text(struct bg_buf *buf, const char *text) {
  bg_ssh_put_string(buf, bg_bytes_of(text));
}

static void put_private(struct bg_buf *buf, const struct private_key *key) {
  struct bg_ssh_key public;
  uint8_t secret[64];
  test_key_of(key->secret, &public, secret);
  bg_ssh_put_u32(buf, key->checks[0]);
  bg_ssh_put_u32(buf, key->checks[1]);
  put_text(buf, key->type);
  bg_ssh_put_string(buf, bg_bytes(public.point, sizeof public.point));
  bg_ssh_put_string(buf, bg_bytes(secret, sizeof secret));
  put_text(buf, "comment");
  bg_buf_put(buf, "\1\2\3\4\5\6", 6); /* to a multiple of 8 */
}

static void put_public(struct bg_buf *buf, const struct private_key *key) {
  struct bg_ssh_key public;
  uint8_t secret[64];
  test_key_of(key->public, &public, secret);
  put_text(buf, key->type);
  bg_ssh_put_string(buf, bg_bytes(public.point, sizeof public.point));
}

const char *private_key_text(const struct private_key *key) {
  static char text[4096];
  char base64[2048];
  uint8_t storage[1024];
  uint8_t inner_storage[512];
  struct bg_buf buf = BG_BUF(storage);
  struct bg_buf inner = BG_BUF(inner_storage);
  bg_buf_put(&buf, "openssh-key-v1", 15);
  put_text(&buf, key->cipher);
  put_text(&buf, strcmp(key->cipher, "none") == 0 ? "none" : "bcrypt");
  put_text(&buf, "");
  bg_ssh_put_u32(&buf, key->count);
  put_public(&inner, key);
  bg_ssh_put_string(&buf, bg_buf_view(&inner));
  inner = BG_BUF(inner_storage);
  put_private(&inner, key);
  bg_ssh_put_string(&buf, bg_buf_view(&inner));
  bg_buf_put_text(&buf, key->trailer);
  (void)sodium_bin2base64(base64, sizeof base64, buf.data, buf.len, sodium_base64_VARIANT_ORIGINAL);
  (void)snprintf(text, sizeof text,
                 "-----BEGIN OPENSSH PRIVATE KEY-----\n%.70s\n%s\n"
                 "-----END OPENSSH PRIVATE KEY-----\n",
                 base64, base64 + 70);
  return text;
}
