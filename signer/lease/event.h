/* SPDX-License-Identifier: BSD-2-Clause */
/* One host's event of a lease, docs/schema/issued.json. Reaches core, token.h. */
#ifndef SIGNER_LEASE_EVENT_H
#define SIGNER_LEASE_EVENT_H

#include "lease.h"

#define LEASE_EVENT_MAX 8192
#define LEASE_EVENT_ID_SIZE 33

struct lease_event {
  char id[LEASE_EVENT_ID_SIZE]; /* the same whenever, and by whomever, it is made */
  uint8_t bytes[LEASE_EVENT_MAX];
  struct bg_bytes text; /* of bytes: one line with LF; do not copy or move it */
};

/* Makes the event of the claims' audience at the index. number and time are those of the entry.
 * BG_ERR_RANGE for an audience that is no host, BG_ERR_TOO_LARGE. */
BG_MUST_USE enum bg_error lease_event_make(const char *issuer, int64_t number, int64_t time,
                                           const struct lease *lease, size_t index,
                                           struct lease_event *ret_event);

/* The last moment at which a session of this token can be open, Unix seconds. */
int64_t lease_ends(const struct bg_claims *claims);

#endif
