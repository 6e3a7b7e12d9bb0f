/* SPDX-License-Identifier: BSD-2-Clause */
/* A token comes to be. */
#ifndef SIGNER_DESK_ISSUE_H
#define SIGNER_DESK_ISSUE_H

#include "job.h"
#include "record.h"

#define HOST_PREFIX "host:" /* of an audience */
#define ISSUE_LEFT_MIN 120  /* seconds of its window that a token must have left then */

/* What comes to be when a request is issued, and of what. */
struct issued {
  struct bg_claims claims;
  struct bg_bytes payload; /* the claims as they are signed, in bytes */
  uint8_t bytes[BG_TOKEN_BYTES_MAX];
  char *answer; /* JSON: token and certificate; NULL before they are signed */
  char *entry;  /* JSON: what the ledger says of it */
};

/* Claims and payload of a record that was loaded. */
enum bg_error issue_read(const struct record *record, struct issued *issued);
/* Signs the token and its certificate, and writes their texts, on any thread. holder: SSH public
 * key line, NULL for a console; signatures: the approvers', as in the record, NULL for none. */
enum bg_error issue_sign(const struct desk *desk, const char *holder, const json_t *signatures,
                         struct issued *issued);
void issued_free(struct issued *issued);
/* Writes the entry; the record, which takes the answer over, is one that is issued then. On refusal
 * the job's answer is set. */
enum bg_error issue_write(struct desk *desk, struct ledger *ledger, struct job *job,
                          struct record *record, struct issued *issued);

#endif
