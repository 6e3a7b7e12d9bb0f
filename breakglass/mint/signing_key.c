/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "signing_key.h"

#include <sodium.h>
#include <string.h>

#define PAUSE(key) (INT64_C(4) * (key)->patience) /* ms */

static const char *after(const char *text, const char *prefix) {
  size_t len = strlen(prefix);
  return strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

static enum bg_error open_by_spec(const char *spec, struct bg_signing_key *key) {
  const char *fingerprint = after(spec, "agent:");
  if (fingerprint == NULL) {
    return key_file_read(spec, key);
  }
  key->in_agent = true;
  return *fingerprint != '\0' ? agent_find(fingerprint, key->patience, &key->public) : BG_ERR_RANGE;
}

enum bg_error bg_signing_key_open(const char *spec, unsigned patience,
                                  struct bg_signing_key **ret_key) {
  struct bg_signing_key *key = sodium_malloc(sizeof *key);
  if (key == NULL) {
    return BG_ERR_NOMEM;
  }
  memset(key, 0, sizeof *key);
  key->patience = patience;
  enum bg_error err = open_by_spec(spec, key);
  if (err != BG_OK) {
    bg_signing_key_free(key);
    return err;
  }
  *ret_key = key;
  return BG_OK;
}

void bg_signing_key_free(struct bg_signing_key *key) {
  sodium_free(key); /* wipes */
}

const struct bg_ssh_key *bg_signing_key_public(const struct bg_signing_key *key) {
  return &key->public;
}

/* An agent is another program: what it returns is looked at before it leaves. */
static bool is_signed(const struct bg_signing_key *key, struct bg_bytes message,
                      const uint8_t *signature) {
  const uint8_t *suffix = signature + crypto_sign_BYTES;
  struct bg_ssh_wire wire = bg_ssh_wire(bg_bytes(suffix + 1, 4));
  uint32_t counter = 0;
  return key->public.type == BG_SSH_SK_ED25519
             ? bg_ssh_wire_u32(&wire, &counter) == BG_OK &&
                   bg_ssh_key_verify_sk(&key->public, message, signature, suffix[0], counter)
             : bg_ssh_key_verify(&key->public, message, signature);
}

/* Where somebody was kept waiting in vain, all others fail at once for a while; then one of them
 * asks for all. */
static bool may_ask(struct bg_signing_key *key, int64_t now) {
  int64_t not_before = atomic_load(&key->not_before);
  return not_before == 0 ||
         (now >= not_before && atomic_compare_exchange_strong(&key->not_before, &not_before,
                                                              now + key->patience + PAUSE(key)));
}

static void note_outcome(struct bg_signing_key *key, bool signs, int64_t begun) {
  const int64_t now = bg_clock_ms();
  const bool kept_waiting = key->patience > 0 && now - begun >= key->patience / 2;
  atomic_store(&key->not_before, !signs && kept_waiting ? now + PAUSE(key) : 0);
}

static enum bg_error sign_by_agent(struct bg_signing_key *key, struct bg_bytes message,
                                   uint8_t *ret_signature, size_t *ret_len) {
  const int64_t begun = bg_clock_ms();
  if (!may_ask(key, begun)) {
    return BG_ERR_AGENT;
  }
  enum bg_error err = agent_sign(&key->public, key->patience, message, ret_signature, ret_len);
  if (err == BG_OK && !is_signed(key, message, ret_signature)) {
    err = BG_ERR_AGENT;
  }
  note_outcome(key, err == BG_OK, begun);
  return err;
}

enum bg_error bg_signing_key_sign(struct bg_signing_key *key, struct bg_bytes message,
                                  uint8_t ret_signature[static BG_SIGNATURE_MAX], size_t *ret_len) {
  if (key->in_agent) {
    return sign_by_agent(key, message, ret_signature, ret_len);
  }
  (void)crypto_sign_detached(ret_signature, NULL, message.data, message.len, key->secret);
  *ret_len = crypto_sign_BYTES;
  return BG_OK;
}
