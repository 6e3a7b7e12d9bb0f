/* SPDX-License-Identifier: BSD-2-Clause */
/* A signed call as evidence: what a draft and the ledger carry of it (docs/PROTOCOL.signer.md,
 * sections 3 and 4). Reaches call.h, json.h, jansson. */
#ifndef BREAKGLASS_CALL_JSON_H
#define BREAKGLASS_CALL_JSON_H

#include <jansson.h>

#include "breakglass/call.h"
#include "breakglass/json.h"

/* The issuer is not in it: who reads it means one. */
void bg_call_put_json(struct bg_json *json, const char *key, const struct bg_call *call,
                      struct bg_bytes blob);
/* Views into value; the issuer is empty. BG_ERR_SYNTAX. */
BG_MUST_USE enum bg_error bg_call_from_json(const json_t *value, struct bg_call *ret_call,
                                            struct bg_buf *ret_blob);

#endif
