/* SPDX-License-Identifier: BSD-2-Clause */
/* A question that only yes answers. */
#ifndef BREAKGLASS_REMOTE_CONFIRM_H
#define BREAKGLASS_REMOTE_CONFIRM_H

#include <stdio.h>

enum confirm { CONFIRM_YES, CONFIRM_NO, CONFIRM_NOBODY }; /* nobody: there is no terminal */

/* Shows what it is about and asks, both on the terminal, wherever standard input, output and error
 * lead: nobody answers what they have not seen. */
enum confirm confirm_ask(void (*show)(FILE *terminal, const void *context), const void *context,
                         const char *question);

#endif
