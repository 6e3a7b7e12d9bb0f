/* SPDX-License-Identifier: BSD-2-Clause */
/* The two kinds of signing keys: in a file, in an ssh-agent. */
#ifndef BREAKGLASS_SIGNING_KEY_H
#define BREAKGLASS_SIGNING_KEY_H

#include <pthread.h>

#include "breakglass/mint.h"

struct bg_signing_key {
  struct bg_ssh_key public;
  int agent;                  /* connected socket; -1: the secret is here */
  pthread_mutex_t agent_lock; /* one question and its answer at a time */
  uint8_t secret[64];         /* as libsodium has it: seed and public key */
};

/* Reads an OpenSSH private key (PROTOCOL.key) that bg_secret_read() finds: public and secret. */
enum bg_error key_file_read(const char *spec, struct bg_signing_key *key);

/* Connects to the agent at SSH_AUTH_SOCK and finds the key: public and agent. */
enum bg_error agent_open(const char *fingerprint, struct bg_signing_key *key);
enum bg_error agent_sign(const struct bg_signing_key *key, struct bg_bytes message,
                         uint8_t ret_signature[static BG_SIGNATURE_MAX], size_t *ret_len);

#endif
