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

struct reading {
  ledger_reply_fn *on_reply;
  void *context;
  enum bg_error err;
};

static bool take_reply(void *context, const struct store_value *row) {
  struct reading *reading = context;
  struct ledger_reply reply = {
      .time = row[2].number, .status = row[4].number, .body = row[5].bytes};
  if (bg_bytes_to_text(row[0].bytes, sizeof reply.caller, reply.caller) != BG_OK ||
      bg_bytes_to_text(row[1].bytes, sizeof reply.key, reply.key) != BG_OK ||
      row[3].bytes.len != sizeof reply.body_hash) {
    reading->err = BG_ERR_IO;
    return false;
  }
  memcpy(reply.body_hash, row[3].bytes.data, sizeof reply.body_hash);
  reading->on_reply(reading->context, &reply);
  reading->err = BG_OK;
  return false;
}

enum bg_error ledger_reply_get(struct ledger *ledger, const char *caller, const char *key,
                               ledger_reply_fn *on_reply, void *context) {
  struct reading reading = {.on_reply = on_reply, .context = context, .err = BG_ERR_NOT_FOUND};
  const struct store_value values[] = {value_text(caller), value_text(key)};
  enum bg_error err = handle_read(ledger, STATEMENT_REPLY_GET, values, take_reply, &reading);
  return err == BG_OK ? reading.err : err;
}
