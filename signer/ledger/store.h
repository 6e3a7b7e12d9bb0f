/* SPDX-License-Identifier: BSD-2-Clause */
/* What SQLite and PostgreSQL do differently, behind one table of functions. The SQL itself is
 * written once (statements.c). Reaches core. */
#ifndef SIGNER_LEDGER_STORE_H
#define SIGNER_LEDGER_STORE_H

#include "breakglass/buf.h"
#include "statements.h"

#define STORE_VALUES_MAX 9 /* of a statement, and of a row */
#define STORE_REASON_SIZE 256

enum store_kind { STORE_NUMBER, STORE_TEXT, STORE_BYTES };
struct store_value {
  enum store_kind kind;
  int64_t number;
  struct bg_bytes bytes; /* of a row: until its callback returns */
};

/* false: no more rows are wanted. row is NULL where a change is told. */
typedef bool store_row_fn(void *context, const struct store_value *row);

struct store_driver;

/* The first member of each driver's own. */
struct store {
  const struct store_driver *driver;
  char reason[STORE_REASON_SIZE];
};

struct store_driver {
  const char *prefix; /* of its specifications */
  bool defers;        /* a run() without on_row does not wait for its answer */
  /* Also makes what is not there yet. On failure, ret_reason says why. */
  enum bg_error (*open)(const char *where, struct store **ret_store,
                        char ret_reason[static STORE_REASON_SIZE]);
  void (*close)(struct store *store);
  /* Alone among all writers; connects again if the connection was lost. */
  enum bg_error (*begin)(struct store *store);
  /* Whatever it returns, the transaction is over. */
  enum bg_error (*commit)(struct store *store);
  void (*rollback)(struct store *store);
  /* Values as many as the statement has. Without on_row a failure may be told by a later call only,
   * by settle() at the latest. */
  enum bg_error (*run)(struct store *store, enum statement which, const struct store_value *values,
                       store_row_fn *on_row, void *context);
  /* As run() with on_row, but the rows may come by a later call: by settle() at the latest. */
  enum bg_error (*ask)(struct store *store, enum statement which, const struct store_value *values,
                       store_row_fn *on_row, void *context);
  enum bg_error (*settle)(struct store *store);
  /* ledger_claim() and ledger_release(); NULL where one service alone uses the store. */
  enum bg_error (*claim)(struct store *store, const char *name, bool *ret_claimed);
  void (*release)(struct store *store, const char *name);
};

extern const struct store_driver store_sqlite;
extern const struct store_driver store_postgres;

#endif
