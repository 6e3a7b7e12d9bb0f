/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "exchange.h"

#include <stdlib.h>
#include <string.h>

#include "breakglass/json_write.h"

char *json_copy_text(const struct bg_buf *buf) {
  return buf->failed ? NULL : strndup((const char *)buf->data, buf->len);
}

void answer_json(struct http_exchange *exchange, unsigned status, json_t *body) {
  char *text = json_write(body);
  json_decref(body);
  if (text == NULL) {
    http_problem(exchange, 503, "unavailable", NULL);
    return;
  }
  http_answer(exchange, status, "application/json", bg_bytes_of(text));
  free(text);
}

bool take_id(struct http_exchange *exchange, char ret_id[static LEDGER_ID_SIZE]) {
  const char *id = http_parameter(exchange);
  if (strspn(id, "0123456789abcdef") != LEDGER_ID_SIZE - 1 || id[LEDGER_ID_SIZE - 1] != '\0') {
    http_problem(exchange, 404, "not-found", "there is no such request");
    return false;
  }
  memcpy(ret_id, id, LEDGER_ID_SIZE);
  return true;
}
