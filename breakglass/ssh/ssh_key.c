/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "breakglass/ssh_key.h"

#include <sodium.h>
#include <string.h>

#define ED25519 "ssh-ed25519"
#define SK_ED25519 "sk-ssh-ed25519@openssh.com"
#define CERTIFICATE_MARK "-cert-v0"

static enum bg_ssh_key_type type_of(struct bg_bytes name) {
  if (bg_bytes_is(name, ED25519)) {
    return BG_SSH_ED25519;
  }
  return bg_bytes_is(name, SK_ED25519) ? BG_SSH_SK_ED25519 : BG_SSH_OTHER;
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
  bg_ssh_put_string(buf, bg_bytes_of(is_sk ? SK_ED25519 : ED25519));
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
