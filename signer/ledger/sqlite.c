/* SPDX-License-Identifier: BSD-2-Clause */
/* The embedded store: one file, and its write-ahead log. */
#include <config.h>

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "sqlite_files.h"
#include "store.h"

#define BUSY_MS 5000

struct sqlite {
  struct store store;
  sqlite3 *db;
  sqlite3_stmt *prepared[STATEMENT_COUNT];
};

/* The store is the first member. */
static struct sqlite *of(struct store *store) {
  return (struct sqlite *)store;
}

static enum bg_error error_of(struct sqlite *sqlite, int code) {
  bg_text_fit(sizeof sqlite->store.reason, sqlite->store.reason,
              sqlite->db != NULL ? sqlite3_errmsg(sqlite->db) : sqlite3_errstr(code));
  switch (code & 0xFF) {
  case SQLITE_BUSY:
    return BG_ERR_BUSY;
  case SQLITE_NOMEM:
    return BG_ERR_NOMEM;
  case SQLITE_TOOBIG:
    return BG_ERR_TOO_LARGE;
  default:
    return BG_ERR_IO;
  }
}

static enum bg_error execute(struct sqlite *sqlite, const char *sql) {
  int code = sqlite3_exec(sqlite->db, sql, NULL, NULL, NULL);
  return code == SQLITE_OK ? BG_OK : error_of(sqlite, code);
}

static int bind(sqlite3_stmt *statement, int at, const struct store_value *value) {
  const void *data = value->bytes.data != NULL ? (const void *)value->bytes.data : "";
  switch (value->kind) {
  case STORE_NUMBER:
    return sqlite3_bind_int64(statement, at, value->number);
  case STORE_TEXT:
    return sqlite3_bind_text64(statement, at, data, value->bytes.len, SQLITE_STATIC, SQLITE_UTF8);
  case STORE_BYTES:
    return sqlite3_bind_blob64(statement, at, data, value->bytes.len, SQLITE_STATIC);
  }
  return SQLITE_MISUSE;
}

/* By name: a statement need not use all of its values, nor use them in order. */
static int bind_all(sqlite3_stmt *statement, size_t count, const struct store_value *values) {
  static const char *const names[STORE_VALUES_MAX] = {"$1", "$2", "$3", "$4", "$5",
                                                      "$6", "$7", "$8", "$9"};
  int code = SQLITE_OK;
  for (size_t i = 0; code == SQLITE_OK && i < count && i < STORE_VALUES_MAX; i++) {
    int at = sqlite3_bind_parameter_index(statement, names[i]);
    code = at > 0 ? bind(statement, at, &values[i]) : SQLITE_OK;
  }
  return code;
}

static struct store_value column(sqlite3_stmt *statement, int at) {
  struct store_value value = {.kind = STORE_NUMBER};
  int type = sqlite3_column_type(statement, at);
  if (type == SQLITE_INTEGER) {
    value.number = sqlite3_column_int64(statement, at);
  } else {
    const void *data = sqlite3_column_blob(statement, at);
    value.kind = type == SQLITE_TEXT ? STORE_TEXT : STORE_BYTES;
    value.bytes = bg_bytes(data, (size_t)sqlite3_column_bytes(statement, at));
  }
  return value;
}

static int step_all(sqlite3_stmt *statement, store_row_fn *on_row, void *context) {
  struct store_value row[STORE_VALUES_MAX];
  bool more = on_row != NULL;
  int code;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
    int columns = sqlite3_column_count(statement);
    for (int i = 0; i < columns && i < STORE_VALUES_MAX; i++) {
      row[i] = column(statement, i);
    }
    if (!more || !on_row(context, row)) {
      return SQLITE_DONE; /* what writes has written before its first row */
    }
  }
  return code;
}

static enum bg_error run(struct store *store, enum statement which,
                         const struct store_value *values, store_row_fn *on_row, void *context) {
  struct sqlite *sqlite = of(store);
  const struct statement_text *text = &statement_texts[which];
  sqlite3_stmt **statement = &sqlite->prepared[which];
  if (*statement == NULL) {
    int code =
        sqlite3_prepare_v3(sqlite->db, text->sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
    if (code != SQLITE_OK) {
      return error_of(sqlite, code);
    }
  }
  int code = bind_all(*statement, strlen(text->values), values);
  if (code == SQLITE_OK) {
    code = step_all(*statement, on_row, context);
  }
  if (code == SQLITE_DONE && text->tells_change && sqlite3_changes(sqlite->db) > 0) {
    (void)on_row(context, NULL); /* RETURNING would take as long as the rest of it */
  }
  enum bg_error err = code == SQLITE_DONE ? BG_OK : error_of(sqlite, code);
  (void)sqlite3_reset(*statement); /* repeats the error that is told already */
  (void)sqlite3_clear_bindings(*statement);
  return err;
}

static enum bg_error settle(struct store *store) {
  (void)store; /* nothing is ever under way */
  return BG_OK;
}

static enum bg_error begin(struct store *store) {
  return execute(of(store), "BEGIN IMMEDIATE");
}

static void rollback(struct store *store) {
  struct sqlite *sqlite = of(store);
  if (sqlite3_get_autocommit(sqlite->db) == 0) { /* some failures have ended it already */
    (void)sqlite3_exec(sqlite->db, "ROLLBACK", NULL, NULL, NULL); /* the reason stays */
  }
}

static enum bg_error commit(struct store *store) {
  enum bg_error err = execute(of(store), "COMMIT");
  if (err != BG_OK) {
    rollback(store);
  }
  return err;
}

static void close_store(struct store *store) {
  struct sqlite *sqlite = of(store);
  for (size_t i = 0; i < STATEMENT_COUNT; i++) {
    (void)sqlite3_finalize(sqlite->prepared[i]);
  }
  (void)sqlite3_close(sqlite->db);
  free(sqlite);
}

/* The first column of the first row, as text. */
static enum bg_error ask(struct sqlite *sqlite, const char *sql, size_t size, char *ret_answer) {
  sqlite3_stmt *statement = NULL;
  int code = sqlite3_prepare_v2(sqlite->db, sql, -1, &statement, NULL);
  if (code == SQLITE_OK) {
    code = sqlite3_step(statement);
  }
  if (code == SQLITE_ROW) {
    bg_text_fit(size, ret_answer, (const char *)sqlite3_column_text(statement, 0));
  }
  enum bg_error err = code == SQLITE_ROW ? BG_OK : error_of(sqlite, code);
  (void)sqlite3_finalize(statement);
  return err;
}

/* In a transaction: of two that open a new file, one makes the tables. */
static enum bg_error ensure_tables(struct sqlite *sqlite) {
  char version[16];
  enum bg_error err = ask(sqlite, "PRAGMA user_version", sizeof version, version);
  if (err != BG_OK || strtol(version, NULL, 10) == SCHEMA_VERSION) {
    return err;
  }
  if (strtol(version, NULL, 10) != 0) {
    bg_text_fit(sizeof sqlite->store.reason, sqlite->store.reason, "made by a later version");
    return BG_ERR_UNSUPPORTED;
  }
  _Static_assert(SCHEMA_VERSION == 1, "the version stands in the text below");
  return execute(
      sqlite, SCHEMA_TABLES("INTEGER", "TEXT", "BLOB", " WITHOUT ROWID") "PRAGMA user_version = 1");
}

static enum bg_error configure(struct sqlite *sqlite) {
  char mode[16] = "";
  enum bg_error err = ask(sqlite, "PRAGMA journal_mode = WAL", sizeof mode, mode);
  if (err == BG_OK && strcmp(mode, "wal") != 0) {
    bg_text_fit(sizeof sqlite->store.reason, sqlite->store.reason,
                "no write-ahead log on this file system");
    return BG_ERR_IO;
  }
  return err == BG_OK ? execute(sqlite, "PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;"
                                        "PRAGMA cell_size_check = ON; PRAGMA cache_size = -4096")
                      : err;
}

static enum bg_error prepare(struct sqlite *sqlite, const char *path) {
  int code = sqlite3_open_v2(path, &sqlite->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
  if (code == SQLITE_OK) {
    code = sqlite3_busy_timeout(sqlite->db, BUSY_MS);
  }
  enum bg_error err = code == SQLITE_OK ? configure(sqlite) : error_of(sqlite, code);
  if (err == BG_OK) {
    err = begin(&sqlite->store);
  }
  if (err != BG_OK) {
    return err;
  }
  err = ensure_tables(sqlite);
  if (err != BG_OK) {
    rollback(&sqlite->store);
    return err;
  }
  return commit(&sqlite->store);
}

static enum bg_error open_store(const char *where, struct store **ret_store,
                                char ret_reason[static STORE_REASON_SIZE]) {
  enum bg_error err = sqlite_files_prepare(where, STORE_REASON_SIZE, ret_reason);
  if (err != BG_OK) {
    return err;
  }
  struct sqlite *sqlite = calloc(1, sizeof *sqlite);
  if (sqlite == NULL) {
    return BG_ERR_NOMEM;
  }
  sqlite->store.driver = &store_sqlite;
  err = prepare(sqlite, where);
  if (err != BG_OK) {
    bg_text_fit(STORE_REASON_SIZE, ret_reason, sqlite->store.reason);
    close_store(&sqlite->store);
    return err;
  }
  *ret_store = &sqlite->store;
  return BG_OK;
}

const struct store_driver store_sqlite = {
    .prefix = "sqlite:",
    .open = open_store,
    .close = close_store,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .run = run,
    .ask = run,
    .settle = settle,
};
