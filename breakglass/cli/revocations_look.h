/* SPDX-License-Identifier: BSD-2-Clause */
/* The revocation list that this host has, at a look: for those who show it. Prints nothing. */
#ifndef BREAKGLASS_CLI_REVOCATIONS_LOOK_H
#define BREAKGLASS_CLI_REVOCATIONS_LOOK_H

#include "breakglass/revocations.h"

struct revocations_look {
  char issuer[BG_NAME_SIZE];
  int64_t number;
  int64_t issued_at, expires; /* Unix seconds */
  bool is_current;            /* whether it is of now, as revocations_now() tells that */
};

/* BG_ERR_NOT_FOUND: the host has none. All others, of revocations_read(), of
 * bg_trusted_signers_load() and _check(): it has none that counts. */
BG_MUST_USE enum bg_error revocations_look(struct revocations_look *ret_look);

#endif
