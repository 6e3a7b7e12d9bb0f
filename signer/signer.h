/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass-signer's subcommands, one file each. Exit codes are the command line's (cli.h). */
#ifndef SIGNER_SIGNER_H
#define SIGNER_SIGNER_H

int signer_serve(int argc, char **argv);
int signer_check(int argc, char **argv);
int signer_explain(int argc, char **argv);

#endif
