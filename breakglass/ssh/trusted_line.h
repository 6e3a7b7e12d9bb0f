/* SPDX-License-Identifier: BSD-2-Clause */
/* One line of trusted_signers, judged alone. */
#ifndef BREAKGLASS_SSH_TRUSTED_LINE_H
#define BREAKGLASS_SSH_TRUSTED_LINE_H

#include "breakglass/trusted_signers.h"

/* Whether every byte may stand in the file: printable ASCII and tabs. */
bool bg_trusted_line_is_printable(struct bg_bytes line);
/* Whether there is nothing in it but blanks and a comment. */
bool bg_trusted_line_is_empty(struct bg_bytes line);
/* What is wrong with the line, a static sentence; NULL and the key (without its
 * line number) if nothing is. */
const char *bg_trusted_line_parse(struct bg_bytes line, struct bg_trusted_key *ret_key);

#endif
