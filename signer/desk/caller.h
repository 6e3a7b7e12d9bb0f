/* SPDX-License-Identifier: BSD-2-Clause */
/* Who signed a call. */
#ifndef SIGNER_DESK_CALLER_H
#define SIGNER_DESK_CALLER_H

#include "breakglass/call.h"
#include "state.h"

struct caller {
  char name[BG_NAME_SIZE];
  unsigned roles; /* of enum bg_role, that the key has now */
  struct bg_ssh_key key;
  struct bg_call call; /* views into the exchange */
  uint8_t blob[BG_SSHSIG_MAX];
  size_t blob_len;
};

/* Answers the exchange and returns false if the call is not signed under this namespace by a key
 * with one of these roles. */
bool caller_identify(struct desk *desk, struct http_exchange *exchange, const char *namespace,
                     unsigned roles, struct caller *ret_caller);
/* The same for a call that only reads: its nonce is remembered here. */
bool caller_identify_reader(struct desk *desk, struct http_exchange *exchange,
                            struct caller *ret_caller);
/* The person with this key in one of these roles now, under the book's lock; ret_roles may be NULL.
 * NULL if nobody. */
const char *caller_principal(const struct bg_trusted_signers *signers, const struct bg_ssh_key *key,
                             unsigned roles, unsigned *ret_roles);

#endif
