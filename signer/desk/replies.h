/* SPDX-License-Identifier: BSD-2-Clause */
/* A call is done once: whether it was made before, and what was answered then under its
 * idempotency key. In the writer's transaction. */
#ifndef SIGNER_DESK_REPLIES_H
#define SIGNER_DESK_REPLIES_H

#include "job.h"

#define REPLIES_KEPT 86400 /* seconds */

/* Asks for all jobs of a batch at once, before the first of them is run: sets is_new, and where
 * there is one the answer that was given before. Errors: the ledger's. */
BG_MUST_USE enum bg_error replies_ask(struct ledger *ledger, struct job *jobs);
/* When it is this job's turn. BG_OK: its answer may be set; BG_ERR_NOT_FOUND: it has none; or the
 * ledger's errors. */
BG_MUST_USE enum bg_error replies_look_up(struct ledger *ledger, struct job *job);
/* Keeps the job's answer for who asks again. Errors: the ledger's. */
BG_MUST_USE enum bg_error replies_keep(struct ledger *ledger, const struct job *job);

#endif
