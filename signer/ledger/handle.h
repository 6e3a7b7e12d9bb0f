/* SPDX-License-Identifier: BSD-2-Clause */
/* A handle on the ledger, and how its parts run a statement. Reaches core. */
#ifndef SIGNER_LEDGER_HANDLE_H
#define SIGNER_LEDGER_HANDLE_H

#include "ledger.h"
#include "store.h"

/* The newest entry, as this transaction sees it. */
struct ledger_head {
  bool known;
  int64_t number;
  uint8_t hash[LEDGER_HASH_SIZE];
};

struct ledger {
  struct store *store;
  bool in_transaction;
  bool in_step;
  bool failed; /* the store refused something: what can still be done is to undo it */
  /* A step was kept whose answers have not come yet: what fails now may have been its. */
  bool keeps_unanswered;
  struct ledger_head head;
  struct ledger_head head_before_step;
};

struct store_value value_number(int64_t number);
struct store_value value_text(const char *text);
struct store_value value_bytes(struct bg_bytes bytes);

BG_MUST_USE enum bg_error handle_read(struct ledger *ledger, enum statement which,
                                      const struct store_value *values, store_row_fn *on_row,
                                      void *context);
/* BG_ERR_RANGE outside of a transaction. on_row may be NULL. */
BG_MUST_USE enum bg_error handle_write(struct ledger *ledger, enum statement which,
                                       const struct store_value *values, store_row_fn *on_row,
                                       void *context);
/* In a transaction, and without waiting: the rows come by ledger_settle() at the latest. */
BG_MUST_USE enum bg_error handle_ask(struct ledger *ledger, enum statement which,
                                     const struct store_value *values, store_row_fn *on_row,
                                     void *context);
/* Sets its context, a bool: there was a row, or a change. */
bool handle_note_row(void *context, const struct store_value *row);
/* A write that tells whether it changed anything: BG_ERR_EXISTS if not. */
BG_MUST_USE enum bg_error handle_write_new(struct ledger *ledger, enum statement which,
                                           const struct store_value *values);

#endif
