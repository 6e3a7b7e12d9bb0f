/* SPDX-License-Identifier: BSD-2-Clause */
/* The person at the other end of a PAM conversation, and the transaction's items. */
#ifndef BREAKGLASS_CONVERSATION_H
#define BREAKGLASS_CONVERSATION_H

#include <security/pam_modules.h>

#include "breakglass/gate.h"

/* Whether the application asked for no texts. */
bool conversation_is_silent(int flags);

/* What the transaction says of itself; views of PAM's own strings. With
 * PAM_SILENT in flags nobody is told anything. */
struct bg_login conversation_login(pam_handle_t *pamh, int flags);

#endif
