/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <string.h>

#include "handle.h"

enum bg_error ledger_reply_put(struct ledger *ledger, const struct ledger_reply *reply) {
  const struct store_value values[] = {
      value_text(reply->caller),   value_text(reply->key),
      value_number(reply->time),   value_bytes(bg_bytes(reply->body_hash, sizeof reply->body_hash)),
      value_number(reply->status), value_bytes(reply->body),
  };
  return handle_write(ledger, STATEMENT_REPLY_PUT, values, NULL, NULL);
}

static bool take_reply(void *context, const struct store_value *row) {
  struct ledger_reply_question *question = context;
  struct ledger_reply reply = {
      .time = row[2].number, .status = row[4].number, .body = row[5].bytes};
  if (bg_bytes_to_text(row[0].bytes, sizeof reply.caller, reply.caller) != BG_OK ||
      bg_bytes_to_text(row[1].bytes, sizeof reply.key, reply.key) != BG_OK ||
      row[3].bytes.len != sizeof reply.body_hash) {
    question->err = BG_ERR_IO;
    return false;
  }
  memcpy(reply.body_hash, row[3].bytes.data, sizeof reply.body_hash);
  question->on_reply(question->context, &reply);
  question->err = BG_OK;
  return false;
}

enum bg_error ledger_reply_ask(struct ledger *ledger, const char *caller, const char *key,
                               struct ledger_reply_question *question) {
  const struct store_value values[] = {value_text(caller), value_text(key)};
  question->err = BG_ERR_NOT_FOUND;
  return handle_ask(ledger, STATEMENT_REPLY_GET, values, take_reply, question);
}

enum bg_error ledger_reply_get(struct ledger *ledger, const char *caller, const char *key,
                               ledger_reply_fn *on_reply, void *context) {
  struct ledger_reply_question question = {on_reply, context, BG_ERR_NOT_FOUND};
  const struct store_value values[] = {value_text(caller), value_text(key)};
  enum bg_error err = handle_read(ledger, STATEMENT_REPLY_GET, values, take_reply, &question);
  return err == BG_OK ? question.err : err;
}
