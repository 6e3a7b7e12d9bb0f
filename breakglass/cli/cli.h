/* SPDX-License-Identifier: BSD-2-Clause */
/* What the subcommands share. A subcommand gets its own name as argv[0]. */
#ifndef BREAKGLASS_CLI_H
#define BREAKGLASS_CLI_H

#include <getopt.h>
#include <stdbool.h>

#include "breakglass/error.h"

/* Exit codes of all subcommands, breakglass(1); status has its own. */
enum {
  CLI_OK = 0,
  CLI_FAILED = 1,  /* the machine did not let us */
  CLI_USAGE = 2,   /* wrong usage, or broken configuration */
  CLI_REFUSED = 3, /* a token was refused; a ledger is broken */
};

enum { STATUS_PRISTINE = 0, STATUS_TAINTED = 1, STATUS_ERROR = 2 };

struct cli_command {
  const char *name;
  const char *summary; /* NULL: not listed */
  int (*run)(int argc, char **argv);
  const char *usage; /* for --help; NULL: a table of its own, or nothing to say */
};

/* Runs the subcommand that argv[1] names, or prints its usage or the table's. */
int cli_dispatch(const char *program, const struct cli_command *commands, int argc, char **argv);
/* getopt_long() of the subcommand's arguments, names in full: '?' after saying what
 * is wrong with one, -1 at the end. */
int cli_option(int argc, char **argv, const struct option *options);
/* The subcommand's usage on standard error; returns CLI_USAGE. */
int cli_wrong_arguments(void);
/* "PROGRAM: ..." and a newline on standard error, control characters shown as
 * '?'; returns CLI_USAGE. */
int cli_usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same, returns CLI_FAILED. */
int cli_failure(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* cli_failure("what: why") for what only root can do, which it says to others. */
int cli_host_failure(const char *what, enum bg_error err);

/* What was not written was not said: false, after saying so, if standard output has not taken all.
 */
bool cli_all_is_written(void);
/* A program's exit code: result, unless that was CLI_OK and not all is written. */
int cli_finish(int result);
/* In the place of standard input, output or error that are closed: what is opened next is not taken
 * for one of them. What is written there still fails. */
void cli_open_standard(void);
/* The subcommand --version of all programs. */
int cli_version(int argc, char **argv);

int cli_token(int argc, char **argv);
int cli_policy(int argc, char **argv);
int cli_status(int argc, char **argv);
int cli_events(int argc, char **argv);
int cli_taint(int argc, char **argv);
int cli_revocations(int argc, char **argv);
int cli_boot(int argc, char **argv);
int cli_ledger(int argc, char **argv);
int cli_remote(int argc, char **argv); /* any subcommand of breakglass-remote */

int cli_token_mint(int argc, char **argv);
int cli_token_sign(int argc, char **argv);
int cli_token_inspect(int argc, char **argv);
int cli_token_verify(int argc, char **argv);
int cli_ledger_verify(int argc, char **argv);

#endif
