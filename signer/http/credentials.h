/* SPDX-License-Identifier: BSD-2-Clause */
/* A certificate chain and its private key. Counted: a connection holds the ones that it began
 * with for as long as it lives. The count is under the server's lock. */
#ifndef SIGNER_HTTP_CREDENTIALS_H
#define SIGNER_HTTP_CREDENTIALS_H

#include <gnutls/abstract.h>

#include "http.h"

#define CREDENTIALS_CHAIN_MAX 8

struct credentials {
  unsigned holders;
  unsigned count;
  gnutls_pcert_st chain[CREDENTIALS_CHAIN_MAX];
  gnutls_privkey_t key;
};

/* Held once by the caller. BG_ERR_SYNTAX, BG_ERR_KEY, BG_ERR_UNSAFE, and what bg_file_read() says.
 */
BG_MUST_USE enum bg_error credentials_read(const char *certificate, const char *key,
                                           struct credentials **ret_credentials);
void credentials_hold(struct credentials *credentials);
/* The last holder frees. NULL is nothing. */
void credentials_drop(struct credentials *credentials);

#endif
