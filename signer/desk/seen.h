/* SPDX-License-Identifier: BSD-2-Clause */
/* Nonces of calls that only read. */
#ifndef SIGNER_DESK_SEEN_H
#define SIGNER_DESK_SEEN_H

#include "caller.h"

struct seen;
struct seen *seen_new(void); /* NULL: no memory */
void seen_free(struct seen *seen);
/* BG_ERR_EXISTS if it was there in the last minutes, BG_ERR_BUSY if there are too many to remember.
 */
BG_MUST_USE enum bg_error seen_add(struct seen *seen, const struct caller *caller);

#endif
