/* SPDX-License-Identifier: BSD-2-Clause */
/* Which lines of trusted_signers go together. */
#ifndef BREAKGLASS_SSH_TRUSTED_RULES_H
#define BREAKGLASS_SSH_TRUSTED_RULES_H

#include "breakglass/trusted_signers.h"

/* Why the two lines cannot both stand, a static sentence part that ends before
 * the number of the earlier line; NULL if they can. */
const char *bg_trusted_conflict(const struct bg_trusted_key *earlier,
                                const struct bg_trusted_key *later);

#endif
