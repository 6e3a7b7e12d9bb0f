/* SPDX-License-Identifier: BSD-2-Clause */
/* What handlers share: reading a path, writing JSON. */
#ifndef SIGNER_DESK_EXCHANGE_H
#define SIGNER_DESK_EXCHANGE_H

#include <jansson.h>

#include "../http/http.h"
#include "../ledger/ledger.h"

/* The path's id; false, and answered, if it is none. */
bool take_id(struct http_exchange *exchange, char ret_id[static LEDGER_ID_SIZE]);

/* What was written, as a text on the heap. NULL if the buffer failed, or without memory. */
char *json_copy_text(const struct bg_buf *buf);

void answer_json(struct http_exchange *exchange, unsigned status, json_t *body); /* takes body */

#endif
