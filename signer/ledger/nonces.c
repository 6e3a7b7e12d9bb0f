/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "handle.h"

enum bg_error ledger_nonce_add(struct ledger *ledger, const uint8_t key[static 32],
                               const uint8_t nonce[static 16], int64_t time) {
  const struct store_value values[] = {value_bytes(bg_bytes(key, 32)),
                                       value_bytes(bg_bytes(nonce, 16)), value_number(time)};
  return handle_write_new(ledger, STATEMENT_NONCE_ADD, values);
}
