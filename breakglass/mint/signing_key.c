/* SPDX-License-Identifier: BSD-2-Clause */
#include "signing_key.h"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

static const char *after(const char *text, const char *prefix) {
  size_t len = strlen(prefix);
  return strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

static enum bg_error open_by_spec(const char *spec, struct bg_signing_key *key) {
  const char *path = after(spec, "file:");
  const char *fingerprint = after(spec, "agent:");
  if (path != NULL && *path != '\0') {
    return key_file_read(path, key);
  }
  if (fingerprint != NULL && *fingerprint != '\0') {
    return agent_open(fingerprint, key);
  }
  return BG_ERR_RANGE;
}

enum bg_error bg_signing_key_open(const char *spec, struct bg_signing_key **ret_key) {
  struct bg_signing_key *key = sodium_malloc(sizeof *key);
  if (key == NULL) {
    return BG_ERR_NOMEM;
  }
  memset(key, 0, sizeof *key);
  key->agent = -1;
  enum bg_error err = open_by_spec(spec, key);
  if (err != BG_OK) {
    bg_signing_key_free(key);
    return err;
  }
  *ret_key = key;
  return BG_OK;
}

void bg_signing_key_free(struct bg_signing_key *key) {
  if (key != NULL && key->agent >= 0) {
    (void)close(key->agent);
  }
  sodium_free(key); /* wipes */
}

const struct bg_ssh_key *bg_signing_key_public(const struct bg_signing_key *key) {
  return &key->public;
}

enum bg_error bg_signing_key_sign(struct bg_signing_key *key, struct bg_bytes message,
                                  uint8_t ret_signature[static BG_SIGNATURE_MAX], size_t *ret_len) {
  if (key->agent >= 0) {
    return agent_sign(key, message, ret_signature, ret_len);
  }
  (void)crypto_sign_detached(ret_signature, NULL, message.data, message.len, key->secret);
  *ret_len = crypto_sign_BYTES;
  return BG_OK;
}
