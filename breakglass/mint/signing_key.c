/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "signing_key.h"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

static const char *after(const char *text, const char *prefix) {
  size_t len = strlen(prefix);
  return strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

static enum bg_error open_by_spec(const char *spec, struct bg_signing_key *key) {
  const char *fingerprint = after(spec, "agent:");
  if (fingerprint != NULL) {
    return *fingerprint != '\0' ? agent_open(fingerprint, key) : BG_ERR_RANGE;
  }
  return key_file_read(spec, key);
}

enum bg_error bg_signing_key_open(const char *spec, struct bg_signing_key **ret_key) {
  struct bg_signing_key *key = sodium_malloc(sizeof *key);
  if (key == NULL) {
    return BG_ERR_NOMEM;
  }
  memset(key, 0, sizeof *key);
  key->agent = -1;
  (void)pthread_mutex_init(&key->agent_lock, NULL);
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

/* An agent is another program: what it returns is looked at before it leaves. */
static enum bg_error sign_by_agent(struct bg_signing_key *key, struct bg_bytes message,
                                   uint8_t *ret_signature, size_t *ret_len) {
  (void)pthread_mutex_lock(&key->agent_lock);
  enum bg_error err = agent_sign(key, message, ret_signature, ret_len);
  (void)pthread_mutex_unlock(&key->agent_lock);
  if (err != BG_OK) {
    return err;
  }
  const uint8_t *suffix = ret_signature + crypto_sign_BYTES;
  struct bg_ssh_wire wire = bg_ssh_wire(bg_bytes(suffix + 1, 4));
  uint32_t counter = 0;
  bool good =
      key->public.type == BG_SSH_SK_ED25519
          ? bg_ssh_wire_u32(&wire, &counter) == BG_OK &&
                bg_ssh_key_verify_sk(&key->public, message, ret_signature, suffix[0], counter)
          : bg_ssh_key_verify(&key->public, message, ret_signature);
  return good ? BG_OK : BG_ERR_AGENT;
}

enum bg_error bg_signing_key_sign(struct bg_signing_key *key, struct bg_bytes message,
                                  uint8_t ret_signature[static BG_SIGNATURE_MAX], size_t *ret_len) {
  if (key->agent >= 0) {
    return sign_by_agent(key, message, ret_signature, ret_len);
  }
  (void)crypto_sign_detached(ret_signature, NULL, message.data, message.len, key->secret);
  *ret_len = crypto_sign_BYTES;
  return BG_OK;
}
