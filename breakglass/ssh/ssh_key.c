/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "breakglass/ssh_key.h"

#include <sodium.h>
#include <string.h>

#define ED25519 "ssh-ed25519"
#define SK_ED25519 "sk-ssh-ed25519@openssh.com"
#define CERTIFICATE_MARK "-cert-v0"
#define SK_APPLICATION_PREFIX "ssh:"
#define SK_USER_PRESENT 0x01

static enum bg_ssh_key_type type_of(struct bg_bytes name) {
  if (bg_bytes_is(name, ED25519)) {
    return BG_SSH_ED25519;
  }
  return bg_bytes_is(name, SK_ED25519) ? BG_SSH_SK_ED25519 : BG_SSH_OTHER;
}

const char *bg_ssh_key_type_name(enum bg_ssh_key_type type) {
  return type == BG_SSH_ED25519 ? ED25519 : type == BG_SSH_SK_ED25519 ? SK_ED25519 : NULL;
}

static enum bg_error read_point(struct bg_ssh_wire *wire, struct bg_ssh_key *key) {
  struct bg_bytes point = {0};
  if (bg_ssh_wire_string(wire, &point) != BG_OK || point.len != sizeof key->point) {
    return BG_ERR_SYNTAX;
  }
  memcpy(key->point, point.data, point.len);
  return BG_OK;
}

static enum bg_error read_application(struct bg_ssh_wire *wire, struct bg_ssh_key *key) {
  struct bg_bytes application = {0};
  enum bg_error err = bg_ssh_wire_string(wire, &application);
  if (err == BG_OK) {
    err = bg_bytes_to_text(application, sizeof key->application, key->application);
  }
  return err == BG_ERR_TOO_LARGE ? BG_ERR_KEY : err;
}

enum bg_error bg_ssh_key_from_blob(struct bg_bytes blob, struct bg_ssh_key *ret_key) {
  struct bg_ssh_wire wire = bg_ssh_wire(blob);
  struct bg_bytes name = {0};
  struct bg_ssh_key key = {0};
  if (bg_ssh_wire_string(&wire, &name) != BG_OK || name.len == 0) {
    return BG_ERR_SYNTAX;
  }
  if (memmem(name.data, name.len, CERTIFICATE_MARK, strlen(CERTIFICATE_MARK)) != NULL) {
    return BG_ERR_KEY;
  }
  key.type = type_of(name);
  enum bg_error err = BG_OK;
  if (key.type != BG_SSH_OTHER) {
    err = read_point(&wire, &key);
    if (err == BG_OK && key.type == BG_SSH_SK_ED25519) {
      err = read_application(&wire, &key);
    }
    if (err == BG_OK && !bg_ssh_wire_at_end(&wire)) {
      err = BG_ERR_SYNTAX;
    }
  }
  if (err == BG_OK) {
    (void)crypto_hash_sha256(key.sha256, blob.data, blob.len);
    *ret_key = key;
  }
  return err;
}

void bg_ssh_key_put_blob(const struct bg_ssh_key *key, struct bg_buf *buf) {
  if (key->type == BG_SSH_OTHER) {
    buf->failed = true; /* only its hash is known */
    return;
  }
  bool is_sk = key->type == BG_SSH_SK_ED25519;
  bg_ssh_put_string(buf, bg_bytes_of(bg_ssh_key_type_name(key->type)));
  bg_ssh_put_string(buf, bg_bytes(key->point, sizeof key->point));
  if (is_sk) {
    bg_ssh_put_string(buf, bg_bytes_of(key->application));
  }
}

bool bg_ssh_key_is_prime_order(const struct bg_ssh_key *key) {
  return crypto_core_ed25519_is_valid_point(key->point) == 1;
}

bool bg_ssh_key_verify(const struct bg_ssh_key *key, struct bg_bytes message,
                       const uint8_t signature[static 64]) {
  return key->type != BG_SSH_OTHER &&
         crypto_sign_verify_detached(signature, message.data, message.len, key->point) == 0;
}

/* What a security key signs (OpenSSH PROTOCOL.u2f): no bytes of ours, but their hash. */
bool bg_ssh_key_verify_sk(const struct bg_ssh_key *key, struct bg_bytes message,
                          const uint8_t signature[static 64], uint8_t flags, uint32_t counter) {
  if (key->type != BG_SSH_SK_ED25519 || (flags & SK_USER_PRESENT) == 0 ||
      strncmp(key->application, SK_APPLICATION_PREFIX, strlen(SK_APPLICATION_PREFIX)) != 0) {
    return false;
  }
  uint8_t hash[BG_SHA256_SIZE];
  uint8_t bytes[BG_SHA256_SIZE + 5 + BG_SHA256_SIZE];
  struct bg_buf wrapped = BG_BUF(bytes);
  (void)crypto_hash_sha256(hash, (const uint8_t *)key->application, strlen(key->application));
  bg_buf_put(&wrapped, hash, sizeof hash);
  bg_buf_put_byte(&wrapped, flags);
  bg_ssh_put_u32(&wrapped, counter);
  (void)crypto_hash_sha256(hash, message.data, message.len);
  bg_buf_put(&wrapped, hash, sizeof hash);
  return bg_ssh_key_verify(key, bg_buf_view(&wrapped), signature);
}
