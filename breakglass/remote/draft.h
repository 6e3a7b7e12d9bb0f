/* SPDX-License-Identifier: BSD-2-Clause */
/* The draft of a token, and whether it may be approved. The service is not believed: what was asked
 * is taken from the call that the requester signed, who may ask from the approver's own file. */
#ifndef BREAKGLASS_REMOTE_DRAFT_H
#define BREAKGLASS_REMOTE_DRAFT_H

#include "breakglass/ask.h"
#include "breakglass/call.h"
#include "breakglass/json_read.h"
#include "breakglass/trusted_signers.h"

struct draft {
  json_t *root; /* the views are into it */
  uint8_t payload_storage[BG_TOKEN_BYTES_MAX];
  struct bg_bytes payload;
  uint8_t blob_storage[BG_SSHSIG_MAX];
  struct bg_bytes blob; /* the call's signature */
  struct bg_call call;
  int64_t wait;
  /* What draft_judge() has found out. */
  struct bg_ask ask;
  struct bg_claims claims;
};

/* Takes root over, also where it fails: BG_ERR_SYNTAX for what is no draft. */
BG_MUST_USE enum bg_error draft_read(json_t *root, struct draft *ret_draft);
void draft_free(struct draft *draft); /* of one that was read, or zeroed */

struct draft_judge {
  const char *id;     /* of the request that is to be approved */
  const char *issuer; /* the service that the approver means */
  const struct bg_trusted_signers *trusted;
  const struct bg_ssh_key *approver;
  int64_t longest_wait; /* seconds */
  int64_t now;
};
/* BG_OK, or BG_ERR_DENIED: ret_problem says what is wrong or differs. */
BG_MUST_USE enum bg_error draft_judge(struct draft *draft, const struct draft_judge *judge,
                                      struct bg_ask_problem *ret_problem);

#endif
