/* SPDX-License-Identifier: BSD-2-Clause */
/* A .creds file of NATS: who one is, as a JWT, and the seed of the key that proves it. Reaches
 * core.
 */
#ifndef AGENT_NATS_CREDS_H
#define AGENT_NATS_CREDS_H

#include "breakglass/buf.h"

#define CREDS_JWT_SIZE 8192
#define CREDS_SEED_SIZE 128

struct creds { /* to be wiped by creds_wipe() */
  char jwt[CREDS_JWT_SIZE];
  char seed[CREDS_SEED_SIZE];
};

/* BG_ERR_SYNTAX if either is missing, is no word of its alphabet, or is too long; ret_creds is of
 * no use then. */
BG_MUST_USE enum bg_error creds_parse(struct bg_bytes text, struct creds *ret_creds);
/* Of a file of root's or the caller's own that nobody else may read. BG_ERR_SYNTAX, and those of
 * bg_file_read_secret(). */
BG_MUST_USE enum bg_error creds_read(const char *path, struct creds *ret_creds);
void creds_wipe(struct creds *creds);

#endif
