/* SPDX-License-Identifier: BSD-2-Clause */
/* What the host knows to be taken back, and whether it hears of more: for root. */
#ifndef BREAKGLASS_CLI_REVOCATIONS_VIEW_H
#define BREAKGLASS_CLI_REVOCATIONS_VIEW_H

#include <jansson.h>

/* {issuer, number, issued, expires, current, problem}; where there is no list that counts all but
 * the last are null, and that is null if there is none at all. */
json_t *revocations_view_read(void);
/* With what the agent says of fetching it (agent_view.h); null: it does not. */
void revocations_view_print(const json_t *list, const json_t *fetching);

#endif
