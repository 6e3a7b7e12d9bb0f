/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <string.h>

#include "handle.h"

enum bg_error ledger_revoke(struct ledger *ledger, const char *kind, const char *value,
                            int64_t until) {
  const struct store_value values[] = {value_text(kind), value_text(value), value_number(until)};
  if (strlen(kind) >= LEDGER_NAME_SIZE || strlen(value) >= LEDGER_NAME_SIZE) {
    return BG_ERR_TOO_LARGE;
  }
  return handle_write_new(ledger, STATEMENT_REVOKE, values);
}

struct reading {
  ledger_revoked_fn *on_revoked;
  void *context;
  bool damaged;
};

static bool take_revocation(void *context, const struct store_value *row) {
  struct reading *reading = context;
  char kind[LEDGER_NAME_SIZE];
  char value[LEDGER_NAME_SIZE];
  if (bg_bytes_to_text(row[0].bytes, sizeof kind, kind) != BG_OK ||
      bg_bytes_to_text(row[1].bytes, sizeof value, value) != BG_OK) {
    reading->damaged = true;
    return false;
  }
  return reading->on_revoked(reading->context, kind, value, row[2].number);
}

enum bg_error ledger_revoked(struct ledger *ledger, int64_t at, ledger_revoked_fn *on_revoked,
                             void *context) {
  struct reading reading = {.on_revoked = on_revoked, .context = context};
  const struct store_value values[] = {value_number(at)};
  enum bg_error err = handle_read(ledger, STATEMENT_REVOKED, values, take_revocation, &reading);
  return err == BG_OK && reading.damaged ? BG_ERR_IO : err;
}
