/* SPDX-License-Identifier: BSD-2-Clause */
/* What the subcommands share. A subcommand gets its own name as argv[0]. */
#ifndef BREAKGLASS_CLI_H
#define BREAKGLASS_CLI_H

#include <stdbool.h>

/* Exit codes of all subcommands, breakglass(1); status has its own. */
enum {
  CLI_OK = 0,
  CLI_FAILED = 1,  /* the machine did not let us */
  CLI_USAGE = 2,   /* wrong usage, or broken configuration */
  CLI_REFUSED = 3, /* a token was refused */
};

struct cli_command {
  const char *name;
  const char *summary; /* NULL: not listed */
  int (*run)(int argc, char **argv);
};

/* Runs the subcommand that argv[1] names, or prints the table's usage. */
int cli_dispatch(const char *program, const struct cli_command *commands, int argc, char **argv);
/* "breakglass: ..." and a newline on standard error; returns CLI_USAGE. */
int cli_usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same, returns CLI_FAILED. */
int cli_failure(const char *format, ...) __attribute__((format(printf, 1, 2)));

int cli_token(int argc, char **argv);
int cli_policy(int argc, char **argv);
int cli_status(int argc, char **argv);
int cli_events(int argc, char **argv);
int cli_taint(int argc, char **argv);
int cli_boot(int argc, char **argv);

int cli_token_mint(int argc, char **argv);
int cli_token_sign(int argc, char **argv);
int cli_token_inspect(int argc, char **argv);
int cli_token_verify(int argc, char **argv);

#endif
