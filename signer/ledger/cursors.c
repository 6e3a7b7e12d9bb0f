/* SPDX-License-Identifier: BSD-2-Clause */
/* How far somebody has come through the entries, and who does so of several services. */
#include <config.h>

#include <string.h>

#include "handle.h"

static bool take_number(void *context, const struct store_value *row) {
  *(int64_t *)context = row[0].number;
  return false;
}

enum bg_error ledger_cursor_get(struct ledger *ledger, const char *name, int64_t *ret_number) {
  int64_t number = -1;
  const struct store_value values[] = {value_text(name)};
  enum bg_error err = handle_read(ledger, STATEMENT_CURSOR_GET, values, take_number, &number);
  if (err == BG_OK && number < 0) {
    err = BG_ERR_NOT_FOUND;
  }
  if (err == BG_OK) {
    *ret_number = number;
  }
  return err;
}

enum bg_error ledger_cursor_put(struct ledger *ledger, const char *name, int64_t number) {
  const struct store_value values[] = {value_text(name), value_number(number)};
  if (strlen(name) >= LEDGER_NAME_SIZE) {
    return BG_ERR_TOO_LARGE;
  }
  if (number < 0) {
    return BG_ERR_RANGE;
  }
  return handle_write(ledger, STATEMENT_CURSOR_PUT, values, NULL, NULL);
}

enum bg_error ledger_claim(struct ledger *ledger, const char *name) {
  const struct store_driver *driver = ledger->store->driver;
  bool claimed = false;
  if (ledger->in_transaction) {
    return BG_ERR_RANGE;
  }
  if (driver->claim == NULL) {
    return BG_OK;
  }
  enum bg_error err = driver->claim(ledger->store, name, &claimed);
  return err == BG_OK && !claimed ? BG_ERR_BUSY : err;
}

void ledger_release(struct ledger *ledger, const char *name) {
  const struct store_driver *driver = ledger->store->driver;
  if (driver->release != NULL) {
    driver->release(ledger->store, name);
  }
}

bool ledger_is_shared(const struct ledger *ledger) {
  return ledger->store->driver->claim != NULL;
}
