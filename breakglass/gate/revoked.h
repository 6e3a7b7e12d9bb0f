/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's revocation list, as a login finds it. */
#ifndef BREAKGLASS_GATE_REVOKED_H
#define BREAKGLASS_GATE_REVOKED_H

#include "breakglass/file.h"
#include "breakglass/revocations.h"
#include "gate_internal.h"

struct revoked {
  bool good;           /* there, and a trusted issuer's */
  struct bg_file file; /* what the list's views point into; free with bg_file_free() */
  struct bg_revocations list;
};

/* now is the later of the clock and its mark. A list that is missing or damaged is none: whether
 * that denies is the policy's to say. */
void gate_read_revoked(struct bg_gate *gate, const struct bg_trusted_signers *signers, int64_t now,
                       struct revoked *ret_revoked);

#endif
