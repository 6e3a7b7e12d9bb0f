/* SPDX-License-Identifier: BSD-2-Clause */
/* A question that only yes answers. */
#ifndef BREAKGLASS_REMOTE_CONFIRM_H
#define BREAKGLASS_REMOTE_CONFIRM_H

enum confirm { CONFIRM_YES, CONFIRM_NO, CONFIRM_NOBODY }; /* nobody: there is no terminal */

/* Asks on the terminal, wherever standard input and output lead. */
enum confirm confirm_ask(const char *question);

#endif
