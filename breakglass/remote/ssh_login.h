/* SPDX-License-Identifier: BSD-2-Clause */
/* Which account ssh would log in to. */
#ifndef BREAKGLASS_REMOTE_SSH_LOGIN_H
#define BREAKGLASS_REMOTE_SSH_LOGIN_H

#include "ssh_words.h"

/* Asks the real ssh, whose configuration and options say it. CLI_OK, or the exit code after
 * saying what is wrong. */
int ssh_login_find(const struct ssh_words *words, char ret_login[static BG_NAME_SIZE]);

#endif
