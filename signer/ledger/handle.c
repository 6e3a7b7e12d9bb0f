/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "handle.h"

#include <string.h>

struct store_value value_number(int64_t number) {
  return (struct store_value){.kind = STORE_NUMBER, .number = number};
}

struct store_value value_text(const char *text) {
  return (struct store_value){.kind = STORE_TEXT, .bytes = bg_bytes_of(text)};
}

struct store_value value_bytes(struct bg_bytes bytes) {
  return (struct store_value){.kind = STORE_BYTES, .bytes = bytes};
}

/* What the store refused once must not be half of what is committed. */
enum bg_error handle_read(struct ledger *ledger, enum statement which,
                          const struct store_value *values, store_row_fn *on_row, void *context) {
  if (ledger->failed) {
    return BG_ERR_IO;
  }
  enum bg_error err = ledger->store->driver->run(ledger->store, which, values, on_row, context);
  ledger->failed = err != BG_OK && ledger->in_transaction;
  if (err == BG_OK && on_row != NULL) {
    ledger->keeps_unanswered = false; /* its row came behind all other answers */
  }
  return err;
}

enum bg_error handle_write(struct ledger *ledger, enum statement which,
                           const struct store_value *values, store_row_fn *on_row, void *context) {
  return ledger->in_transaction ? handle_read(ledger, which, values, on_row, context)
                                : BG_ERR_RANGE;
}

enum bg_error handle_ask(struct ledger *ledger, enum statement which,
                         const struct store_value *values, store_row_fn *on_row, void *context) {
  if (!ledger->in_transaction || ledger->failed) {
    return ledger->failed ? BG_ERR_IO : BG_ERR_RANGE;
  }
  enum bg_error err = ledger->store->driver->ask(ledger->store, which, values, on_row, context);
  ledger->failed = err != BG_OK;
  return err;
}

enum bg_error ledger_settle(struct ledger *ledger) {
  if (!ledger->in_transaction || ledger->failed) {
    return ledger->failed ? BG_ERR_IO : BG_ERR_RANGE;
  }
  enum bg_error err = ledger->store->driver->settle(ledger->store);
  ledger->failed = err != BG_OK;
  if (err == BG_OK) {
    ledger->keeps_unanswered = false;
  }
  return err;
}

bool handle_note_row(void *context, const struct store_value *row) {
  (void)row;
  *(bool *)context = true;
  return true;
}

enum bg_error handle_write_new(struct ledger *ledger, enum statement which,
                               const struct store_value *values) {
  bool changed = false;
  enum bg_error err = handle_write(ledger, which, values, handle_note_row, &changed);
  return err == BG_OK && !changed ? BG_ERR_EXISTS : err;
}
