/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "handle.h"

enum bg_error ledger_forget(struct ledger *ledger, int64_t nonces_before, int64_t replies_before) {
  const struct store_value nonces[] = {value_number(nonces_before),
                                       value_number(LEDGER_FORGET_MAX)};
  const struct store_value replies[] = {value_number(replies_before),
                                        value_number(LEDGER_FORGET_MAX)};
  enum bg_error err = handle_write(ledger, STATEMENT_NONCES_FORGET, nonces, NULL, NULL);
  return err == BG_OK ? handle_write(ledger, STATEMENT_REPLIES_FORGET, replies, NULL, NULL) : err;
}
