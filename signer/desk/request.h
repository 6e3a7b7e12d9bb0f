/* SPDX-License-Identifier: BSD-2-Clause */
/* A new request: what was asked for, decided by the rules, before it is written down. */
#ifndef SIGNER_DESK_REQUEST_H
#define SIGNER_DESK_REQUEST_H

#include "breakglass/ask.h"
#include "job.h"

struct draft;
void draft_free(struct draft *draft); /* takes NULL */

/* What the ask wants of the rules. */
struct bg_issuing_wish wish_of(const char *subject, const struct bg_ask *ask, int64_t now);

#endif
