/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's revocation list, as a login finds it. */
#ifndef BREAKGLASS_GATE_REVOKED_H
#define BREAKGLASS_GATE_REVOKED_H

#include "breakglass/file.h"
#include "breakglass/revocations.h"
#include "gate_internal.h"

struct revoked {
  struct bg_file file; /* what the list's views point into; free with bg_file_free() */
  struct bg_revocations list;
  bool fresh; /* it counts, and is of now */
};

/* The list, or NULL if it is missing, damaged or of nobody trusted: whether that denies is the
 * policy's to say. now is the later of the clock and its mark. One that is there and cannot be
 * used, or is not of now, is complained about whatever the policy says. */
const struct bg_revocations *gate_read_revoked(struct bg_gate *gate,
                                               const struct bg_trusted_signers *signers,
                                               int64_t now, struct revoked *ret_revoked);

#endif
