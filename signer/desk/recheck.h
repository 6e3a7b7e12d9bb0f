/* SPDX-License-Identifier: BSD-2-Clause */
/* What is judged once more before the issuer signs. */
#ifndef SIGNER_DESK_RECHECK_H
#define SIGNER_DESK_RECHECK_H

#include "job.h"
#include "record.h"

/* Before the issuer signs what others could have written into the store: the request is what its
 * call asks for, by somebody who may still ask, as the rules are now; and its approvals are good
 * and enough. BG_ERR_DENIED, and the job's answer is set. Under the book's lock. */
enum bg_error recheck(const struct desk *desk, struct job *job, const struct record *record);

#endif
