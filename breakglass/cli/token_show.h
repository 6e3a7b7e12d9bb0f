/* SPDX-License-Identifier: BSD-2-Clause */
/* What a token says: for a person, for a program. */
#ifndef BREAKGLASS_CLI_TOKEN_SHOW_H
#define BREAKGLASS_CLI_TOKEN_SHOW_H

#include <stdio.h>

#include "breakglass/json.h"
#include "breakglass/token.h"

/* Lines of "name  value"; times relative to now too. */
void token_show_claims(FILE *out, const struct bg_claims *claims, int64_t now);
void token_show_signatures(FILE *out, const struct bg_token *token);

/* Members of the object that json is in. */
void token_json_claims(struct bg_json *json, const struct bg_claims *claims);
void token_json_signatures(struct bg_json *json, const struct bg_token *token);

#endif
