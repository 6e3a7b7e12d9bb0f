/* SPDX-License-Identifier: BSD-2-Clause */
/* A token comes to be. */
#ifndef SIGNER_DESK_ISSUE_H
#define SIGNER_DESK_ISSUE_H

#include "job.h"
#include "record.h"

#define ISSUE_LEFT_MIN 120 /* seconds of its window that a token must have left then */

/* What comes to be when a request is issued. */
struct issued {
  json_t *answer; /* token and certificate */
  char token_sha256[2 * BG_SHA256_SIZE + 1];
  bool certified;
  uint64_t serial;
};

/* Signs the token and its certificate, on any thread. The answer is the caller's to free. */
enum bg_error issue_sign(const struct desk *desk, const struct record *record,
                         struct issued *ret_issued);
/* Writes the entry; the record is one that is issued then. On failure the job's answer is set. */
enum bg_error issue_write(struct desk *desk, struct ledger *ledger, struct job *job,
                          struct record *record, const struct issued *issued);

#endif
