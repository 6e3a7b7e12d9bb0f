/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening, transactions and steps. */
#include <config.h>

#include "ledger.h"

#include <stdlib.h>
#include <string.h>

#include "handle.h"

static const struct store_driver *const drivers[] = {&store_sqlite, &store_postgres};

/* Of the last ledger_open() that failed: it left no handle to ask. */
static _Thread_local char open_reason[STORE_REASON_SIZE];

static const struct store_driver *driver_of(const char *spec) {
  for (size_t i = 0; i < sizeof drivers / sizeof drivers[0]; i++) {
    if (strncmp(spec, drivers[i]->prefix, strlen(drivers[i]->prefix)) == 0) {
      return drivers[i];
    }
  }
  return NULL;
}

enum bg_error ledger_open(const char *spec, struct ledger **ret_ledger) {
  const struct store_driver *driver = driver_of(spec);
  open_reason[0] = '\0';
  if (driver == NULL) {
    bg_text_fit(sizeof open_reason, open_reason, "neither sqlite: nor postgres:");
    return BG_ERR_RANGE;
  }
  struct ledger *ledger = calloc(1, sizeof *ledger);
  if (ledger == NULL) {
    return BG_ERR_NOMEM;
  }
  enum bg_error err = driver->open(spec + strlen(driver->prefix), &ledger->store, open_reason);
  if (err != BG_OK) {
    free(ledger);
    return err;
  }
  *ret_ledger = ledger;
  return BG_OK;
}

void ledger_close(struct ledger *ledger) {
  if (ledger != NULL) {
    ledger_rollback(ledger);
    ledger->store->driver->close(ledger->store);
    free(ledger);
  }
}

const char *ledger_reason(const struct ledger *ledger) {
  return ledger != NULL ? ledger->store->reason : open_reason;
}

static void forget_transaction(struct ledger *ledger) {
  *ledger = (struct ledger){.store = ledger->store};
}

enum bg_error ledger_begin(struct ledger *ledger) {
  if (ledger->in_transaction) {
    return BG_ERR_RANGE;
  }
  enum bg_error err = ledger->store->driver->begin(ledger->store);
  ledger->in_transaction = err == BG_OK;
  return err;
}

enum bg_error ledger_commit(struct ledger *ledger) {
  enum bg_error err = !ledger->in_transaction || ledger->in_step ? BG_ERR_RANGE
                      : ledger->failed                           ? BG_ERR_IO
                                                                 : BG_OK;
  if (err != BG_OK) {
    ledger_rollback(ledger);
    return err;
  }
  err = ledger->store->driver->commit(ledger->store);
  forget_transaction(ledger);
  return err;
}

void ledger_rollback(struct ledger *ledger) {
  if (ledger->in_transaction) {
    ledger->store->driver->rollback(ledger->store);
    forget_transaction(ledger);
  }
}

enum bg_error ledger_step_begin(struct ledger *ledger) {
  if (ledger->in_step) {
    return BG_ERR_RANGE;
  }
  enum bg_error err = handle_write(ledger, STATEMENT_STEP_BEGIN, NULL, NULL, NULL);
  if (err == BG_OK) {
    ledger->in_step = true;
    ledger->head_before_step = ledger->head;
  }
  return err;
}

static enum bg_error release(struct ledger *ledger) {
  enum bg_error err = handle_write(ledger, STATEMENT_STEP_KEEP, NULL, NULL, NULL);
  if (err == BG_OK) {
    ledger->in_step = false;
  }
  return err;
}

enum bg_error ledger_step_keep(struct ledger *ledger) {
  if (!ledger->in_step) {
    return BG_ERR_RANGE;
  }
  enum bg_error err = release(ledger);
  if (err == BG_OK) {
    ledger->keeps_unanswered = ledger->store->driver->defers;
  }
  return err;
}

/* What is under way ends first, with whatever answer: a refusal must not take the undoing with it.
 * If a step that was kept may be what was refused, only the whole transaction can be undone. */
static bool can_undo(struct ledger *ledger) {
  enum bg_error err = ledger->store->driver->settle(ledger->store);
  bool can = !ledger->keeps_unanswered || (err == BG_OK && !ledger->failed);
  ledger->keeps_unanswered = !can;
  return can;
}

enum bg_error ledger_step_undo(struct ledger *ledger) {
  if (!ledger->in_step) {
    return BG_ERR_RANGE;
  }
  if (!can_undo(ledger)) {
    ledger->failed = true;
    return BG_ERR_IO;
  }
  ledger->failed = false;
  ledger->head = ledger->head_before_step;
  enum bg_error err = handle_write(ledger, STATEMENT_STEP_UNDO, NULL, NULL, NULL);
  return err == BG_OK ? release(ledger) : err;
}
