/* SPDX-License-Identifier: BSD-2-Clause */
/* A new request in words. */
#ifndef SIGNER_DESK_REQUEST_TEXT_H
#define SIGNER_DESK_REQUEST_TEXT_H

#include "breakglass/ask.h"
#include "record.h"

/* JSON, on the heap. */
struct request_text {
  char *entry;  /* what the ledger says of it, */
  char *record; /* the root of its record, */
  char *view;   /* and what is answered */
};

/* A request of this caller that nobody has approved yet. The record's state is the one that it is
 * written down with; its root is not looked at. BG_ERR_TOO_LARGE if the ledger takes no such entry;
 * BG_ERR_NOMEM. */
BG_MUST_USE enum bg_error request_text_write(const struct caller *caller, const struct bg_ask *ask,
                                             const struct bg_issuing_decision *decision,
                                             struct bg_bytes payload, const struct record *record,
                                             struct request_text *ret_text);
void request_text_free(struct request_text *text);

#endif
