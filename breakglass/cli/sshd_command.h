/* SPDX-License-Identifier: BSD-2-Clause */
/* What is on sshd's command line: it counts more than its configuration. */
#ifndef BREAKGLASS_CLI_SSHD_COMMAND_H
#define BREAKGLASS_CLI_SSHD_COMMAND_H

#include <stdbool.h>

#define SSHD_OPTIONS_SIZE 512

/* The words of SSHD_OPTS, which ssh.service splits at blanks; empty without. False if
 * systemd might read them otherwise. */
bool sshd_options(char ret_options[static SSHD_OPTIONS_SIZE]);

/* A file by which systemd starts sshd otherwise than its package says. */
typedef void sshd_override_fn(void *context, const char *file);
void sshd_overrides(sshd_override_fn *on_file, void *context);

#endif
