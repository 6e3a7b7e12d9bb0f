/* SPDX-License-Identifier: BSD-2-Clause */
/* Arguments and errors that the token subcommands share. Each function that
 * answers false has said why on standard error. */
#ifndef BREAKGLASS_CLI_TOKEN_OPTIONS_H
#define BREAKGLASS_CLI_TOKEN_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "breakglass/mint.h"
#include "cli.h"

#define TOKEN_ARGUMENT_SIZE (BG_TOKEN_TEXT_MAX + 2) /* one more than allowed, to be seen */

/* The one argument after the options, or if it is "-" standard input without
 * surrounding blanks; cut at one character more than allowed. */
bool token_argument(int argc, char **argv, char ret_text[static TOKEN_ARGUMENT_SIZE]);

bool token_option_time(const char *option, const char *value, int64_t *ret_seconds);
bool token_option_duration(const char *option, const char *value, int64_t *ret_seconds);
/* Exactly len bytes in hex. */
bool token_option_hex(const char *option, const char *value, size_t len, uint8_t *ret_bytes);
/* 1 to size - 1 bytes of clean text. */
bool token_option_text(const char *option, const char *value, size_t size, char *ret_text);
/* --source once more: an address block, added to at most BG_SCOPES_MAX. */
bool token_option_source(const char *value, char (*sources)[BG_NAME_SIZE], size_t *count);
bool token_option_public_key(const char *option, const char *path, struct bg_ssh_key *ret_key);

/* Opens the signing key; NULL after saying why, *ret_exit is the exit code then. */
struct bg_signing_key *token_open_key(const char *spec, int *ret_exit);
/* Why bg_mint() or bg_cosign() did not sign; returns the exit code. */
int token_sign_error(enum bg_error err, const char *longest_claim);
/* "refused: CODE" on standard error, on standard output the JSON document in which
 * json_answer is false, unless that is NULL; returns the exit code. */
int token_refused(enum bg_error err, const char *json_answer);
/* The same for a text that cannot be shown or signed, with a second line that says why. */
int token_unreadable(enum bg_error err, const char *json_answer);
/* A line to standard output; CLI_OK. */
int token_print(const char *line);

#endif
