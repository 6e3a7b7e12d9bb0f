/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "handle.h"

enum bg_error ledger_nonce_ask(struct ledger *ledger, const uint8_t key[static 32],
                               const uint8_t nonce[static 16], int64_t time, bool *ret_is_new) {
  const struct store_value values[] = {value_bytes(bg_bytes(key, 32)),
                                       value_bytes(bg_bytes(nonce, 16)), value_number(time)};
  *ret_is_new = false;
  return handle_ask(ledger, STATEMENT_NONCE_ADD, values, handle_note_row, ret_is_new);
}

enum bg_error ledger_nonce_add(struct ledger *ledger, const uint8_t key[static 32],
                               const uint8_t nonce[static 16], int64_t time) {
  bool is_new;
  enum bg_error err = ledger_nonce_ask(ledger, key, nonce, time, &is_new);
  if (err == BG_OK) {
    err = ledger_settle(ledger);
  }
  return err == BG_OK && !is_new ? BG_ERR_EXISTS : err;
}
