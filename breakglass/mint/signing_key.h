/* SPDX-License-Identifier: BSD-2-Clause */
/* The two kinds of signing keys: in a file, in an ssh-agent. */
#ifndef BREAKGLASS_SIGNING_KEY_H
#define BREAKGLASS_SIGNING_KEY_H

#include <stdatomic.h>

#include "breakglass/host_clock.h"
#include "breakglass/mint.h"

struct bg_signing_key {
  struct bg_ssh_key public;
  bool in_agent;              /* and no secret is here */
  unsigned patience;          /* ms, with an agent; 0: without bound */
  _Atomic int64_t not_before; /* bg_clock_ms(): when it is asked again; 0: it is well */
  uint8_t secret[64];         /* as libsodium has it: seed and public key */
};

/* Reads an OpenSSH private key (PROTOCOL.key) that bg_secret_read() finds: public and secret. */
enum bg_error key_file_read(const char *spec, struct bg_signing_key *key);

/* Asks the agent at SSH_AUTH_SOCK: for a key of this fingerprint; to sign. BG_ERR_AGENT also where
 * it takes longer than patience (ms; 0: without bound). */
enum bg_error agent_find(const char *fingerprint, unsigned patience, struct bg_ssh_key *ret_key);
enum bg_error agent_sign(const struct bg_ssh_key *key, unsigned patience, struct bg_bytes message,
                         uint8_t ret_signature[static BG_SIGNATURE_MAX], size_t *ret_len);

#endif
