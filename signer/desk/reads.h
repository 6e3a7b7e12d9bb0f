/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers of those who only read. */
#ifndef SIGNER_DESK_READS_H
#define SIGNER_DESK_READS_H

#include "job.h"

/* Shows a request as it stands, and to whom it may be shown; the writer asks again at each change.
 */
enum bg_error run_watch(struct desk *desk, struct ledger *ledger, struct job *job);

#endif
