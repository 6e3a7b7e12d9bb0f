/* SPDX-License-Identifier: BSD-2-Clause */
/* The store that several services share. */
#include <config.h>

#include <endian.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pg_line.h"
#include "store.h"

#define PENDING_MAX 64 /* sent without waiting: both sides hold them in memory */

/* As PostgreSQL numbers its types, for good. */
#define TYPE_BYTES 17
#define TYPE_NUMBER 20
#define TYPE_TEXT 25

/* One writer of all services at a time; the number is ours alone ("bgledger"). */
#define LOCK "SELECT pg_advisory_xact_lock(7090755321050129778)"

/* Who takes the rows of a statement that was sent. */
struct taker {
  store_row_fn *on_row; /* NULL: nobody */
  void *context;
  bool of_change; /* a change is told to him */
};
static const struct taker NOBODY = {0};

struct postgres {
  struct store store;
  struct pg_line line;
  bool in_transaction;
  struct taker takers[PENDING_MAX]; /* in the order sent */
};

/* The store is the first member. */
static struct postgres *of(struct store *store) {
  return (struct postgres *)store;
}

/* Whoever took the rows of that place before takes none of these. */
static enum bg_error sent(struct postgres *pg, int result, struct taker taker) {
  enum bg_error err = pg_line_sent(&pg->line, result);
  if (err == BG_OK && pg->line.pending <= PENDING_MAX) {
    pg->takers[pg->line.pending - 1] = taker;
  }
  return err;
}

static enum bg_error send(struct postgres *pg, const char *sql, struct taker taker) {
  return sent(pg, PQsendQueryParams(pg->line.conn, sql, 0, NULL, NULL, NULL, NULL, 1), taker);
}

static void name_of(enum statement which, char ret_name[static 8]) {
  (void)snprintf(ret_name, 8, "s%u", (unsigned)which & 0xFF);
}

static enum bg_error prepare(struct postgres *pg, enum statement which) {
  const struct statement_text *text = &statement_texts[which];
  Oid types[STORE_VALUES_MAX];
  char name[8];
  int count = 0;
  for (const char *value = text->values; *value != '\0'; value++) {
    types[count++] = *value == 'n' ? TYPE_NUMBER : *value == 't' ? TYPE_TEXT : TYPE_BYTES;
  }
  name_of(which, name);
  return sent(pg, PQsendPrepare(pg->line.conn, name, text->sql, count, types), NOBODY);
}

static enum bg_error prepare_all(struct postgres *pg) {
  enum bg_error err = BG_OK;
  for (unsigned i = 0; err == BG_OK && i < STATEMENT_COUNT; i++) {
    err = prepare(pg, (enum statement)i);
  }
  return err == BG_OK ? pg_line_settle(&pg->line, NULL, NULL) : err;
}

struct values {
  const char *data[STORE_VALUES_MAX];
  int lengths[STORE_VALUES_MAX];
  int formats[STORE_VALUES_MAX];
  uint64_t numbers[STORE_VALUES_MAX]; /* in network order */
};

static void encode(struct values *to, size_t at, const struct store_value *value) {
  to->formats[at] = 1;
  if (value->kind == STORE_NUMBER) {
    to->numbers[at] = htobe64((uint64_t)value->number);
    to->data[at] = (const char *)&to->numbers[at];
    to->lengths[at] = sizeof to->numbers[at];
  } else {
    to->data[at] = value->bytes.data != NULL ? (const char *)value->bytes.data : "";
    to->lengths[at] = (int)value->bytes.len;
  }
}

static enum bg_error send_prepared(struct postgres *pg, enum statement which,
                                   const struct store_value *values, struct taker taker) {
  struct values encoded;
  char name[8];
  size_t count = strlen(statement_texts[which].values);
  for (size_t i = 0; i < count; i++) {
    if (values[i].bytes.len > INT32_MAX / 2) {
      return BG_ERR_TOO_LARGE;
    }
    encode(&encoded, i, &values[i]);
  }
  name_of(which, name);
  return sent(pg,
              PQsendQueryPrepared(pg->line.conn, name, (int)count, encoded.data, encoded.lengths,
                                  encoded.formats, 1),
              taker);
}

static struct store_value column(const PGresult *result, int row, int at) {
  struct store_value value = {.kind = STORE_NUMBER};
  const char *data = PQgetvalue(result, row, at);
  size_t len = (size_t)PQgetlength(result, row, at);
  Oid type = PQftype(result, at);
  if (type == TYPE_NUMBER && len == sizeof(uint64_t)) {
    uint64_t number;
    memcpy(&number, data, sizeof number);
    value.number = (int64_t)be64toh(number);
  } else {
    value.kind = type == TYPE_TEXT ? STORE_TEXT : STORE_BYTES;
    value.bytes = bg_bytes(data, len);
  }
  return value;
}

static void take_rows(void *context, unsigned index, const PGresult *result) {
  const struct postgres *pg = context;
  const struct taker *taker = index < PENDING_MAX ? &pg->takers[index] : &NOBODY;
  struct store_value row[STORE_VALUES_MAX];
  bool more = taker->on_row != NULL;
  if (more && taker->of_change &&
      strtol(PQcmdTuples((PGresult *)(uintptr_t)result), NULL, 10) > 0) {
    (void)taker->on_row(taker->context, NULL);
  }
  for (int i = 0; more && i < PQntuples(result); i++) {
    for (int j = 0; j < PQnfields(result) && j < STORE_VALUES_MAX; j++) {
      row[j] = column(result, i, j);
    }
    more = taker->on_row(taker->context, row);
  }
}

static enum bg_error settle_rows(struct postgres *pg) {
  return pg_line_settle(&pg->line, take_rows, pg);
}

static bool take_version(void *context, const struct store_value *row) {
  *(int64_t *)context = row[0].number;
  return false;
}

static enum bg_error ask_number(struct postgres *pg, const char *sql, int64_t *ret_number) {
  int64_t number = 0;
  enum bg_error err = send(pg, sql, (struct taker){.on_row = take_version, .context = &number});
  if (err == BG_OK) {
    err = settle_rows(pg);
  }
  if (err == BG_OK) {
    *ret_number = number;
  }
  return err;
}

/* Several statements in one text are no pipeline's. */
static enum bg_error make_tables(struct postgres *pg) {
  static const char schema[] =
      SCHEMA_TABLES("BIGINT", "TEXT COLLATE \"C\"", "BYTEA",
                    "") "CREATE TABLE ledger_version (version BIGINT NOT NULL);";
  char sql[1024];
  enum bg_error err = BG_OK;
  for (const char *at = schema; err == BG_OK && *at != '\0';) {
    size_t len = strcspn(at, ";");
    if (len >= sizeof sql) {
      return BG_ERR_TOO_LARGE;
    }
    memcpy(sql, at, len);
    sql[len] = '\0';
    at += len + 1;
    err = send(pg, sql, NOBODY);
  }
  return err == BG_OK ? send(pg, "INSERT INTO ledger_version (version) VALUES (1)", NOBODY) : err;
}

static enum bg_error ensure_tables(struct postgres *pg) {
  int64_t there = 0;
  int64_t version = 0;
  enum bg_error err = ask_number(pg, "SELECT count(to_regclass('ledger_version'))", &there);
  if (err != BG_OK) {
    return err;
  }
  if (there == 0) {
    return make_tables(pg);
  }
  err = ask_number(pg, "SELECT max(version) FROM ledger_version", &version);
  if (err == BG_OK && version != SCHEMA_VERSION) {
    bg_text_fit(sizeof pg->store.reason, pg->store.reason, "made by a later version");
    err = BG_ERR_UNSUPPORTED;
  }
  return err;
}

/* Without waiting. */
static enum bg_error send_begin(struct postgres *pg) {
  enum bg_error err = send(pg, "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", NOBODY);
  return err == BG_OK ? send(pg, LOCK, NOBODY) : err;
}

static void note_commit(void *context, unsigned index, const PGresult *result) {
  (void)index;
  /* Of a transaction that has failed, COMMIT says ROLLBACK, and calls that success. */
  *(bool *)context = strncmp(PQcmdStatus((PGresult *)(uintptr_t)result), "COMMIT", 6) == 0;
}

static void rollback(struct store *store) {
  struct postgres *pg = of(store);
  char reason[STORE_REASON_SIZE];
  pg->in_transaction = false;
  if (!pg_line_is_up(&pg->line)) {
    return;
  }
  memcpy(reason, store->reason, sizeof reason);              /* the first failure's stays */
  enum bg_error err = pg_line_settle(&pg->line, NULL, NULL); /* whatever was under way */
  if (pg_line_is_up(&pg->line)) {
    err = send(pg, "ROLLBACK", NOBODY);
    err = err == BG_OK ? pg_line_settle(&pg->line, NULL, NULL) : err;
  }
  if (err != BG_OK) {
    pg_line_drop(&pg->line);
  }
  memcpy(store->reason, reason, sizeof reason);
}

static enum bg_error commit(struct store *store) {
  struct postgres *pg = of(store);
  bool committed = false;
  enum bg_error err = pg_line_is_up(&pg->line) ? send(pg, "COMMIT", NOBODY) : BG_ERR_IO;
  if (err == BG_OK) {
    err = pg_line_settle(&pg->line, note_commit, &committed);
  }
  if (err == BG_OK && !committed) {
    err = BG_ERR_IO;
  }
  if (err != BG_OK) {
    rollback(store);
  }
  pg->in_transaction = false;
  return err;
}

static enum bg_error set_up(struct postgres *pg) {
  enum bg_error err = send_begin(pg);
  if (err == BG_OK) {
    err = ensure_tables(pg);
  }
  if (err != BG_OK) {
    rollback(&pg->store);
    return err;
  }
  err = commit(&pg->store);
  return err == BG_OK ? prepare_all(pg) : err;
}

static enum bg_error connect_again(struct postgres *pg) {
  if (pg_line_is_up(&pg->line)) {
    return BG_OK;
  }
  enum bg_error err = pg_line_connect(&pg->line);
  if (err == BG_OK) {
    err = set_up(pg);
  }
  if (err != BG_OK) {
    pg_line_drop(&pg->line);
  }
  return err;
}

static enum bg_error begin_once(struct postgres *pg) {
  enum bg_error err = connect_again(pg);
  if (err == BG_OK) {
    err = send_begin(pg);
  }
  if (err == BG_OK) {
    err = pg_line_settle(&pg->line, NULL, NULL);
  }
  return err;
}

/* That the server was started anew is seen by the first word to it: nothing has happened yet, so it
 * is said again. */
static enum bg_error begin(struct store *store) {
  struct postgres *pg = of(store);
  bool was_up = pg_line_is_up(&pg->line);
  enum bg_error err = begin_once(pg);
  if (err == BG_ERR_IO && was_up && !pg_line_is_up(&pg->line)) {
    err = begin_once(pg);
  }
  pg->in_transaction = err == BG_OK;
  if (err != BG_OK) {
    rollback(store);
  }
  return err;
}

static enum bg_error ask(struct store *store, enum statement which,
                         const struct store_value *values, store_row_fn *on_row, void *context) {
  struct postgres *pg = of(store);
  enum bg_error err = BG_OK;
  if (!pg_line_is_up(&pg->line)) {
    /* A transaction is lost with its connection; without one there is nothing to lose. */
    err = pg->in_transaction ? BG_ERR_IO : connect_again(pg);
  }
  if (err == BG_OK) {
    err = send_prepared(pg, which, values,
                        (struct taker){on_row, context, statement_texts[which].tells_change});
  }
  if (err == BG_OK) {
    err = pg->line.pending < PENDING_MAX ? BG_OK : settle_rows(pg);
  }
  return err;
}

static enum bg_error settle(struct store *store) {
  struct postgres *pg = of(store);
  if (!pg_line_is_up(&pg->line)) {
    return BG_ERR_IO;
  }
  return pg->line.pending > 0 ? settle_rows(pg) : BG_OK;
}

static enum bg_error run(struct store *store, enum statement which,
                         const struct store_value *values, store_row_fn *on_row, void *context) {
  enum bg_error err = ask(store, which, values, on_row, context);
  return err == BG_OK && on_row != NULL ? settle(store) : err;
}

/* One lock of the session's for each name. A number that two names share would be no harm: one
 * would wait for the other. */
static int64_t lock_of(const char *name) {
  uint8_t hash[crypto_hash_sha256_BYTES];
  int64_t number;
  (void)crypto_hash_sha256(hash, (const uint8_t *)name, strlen(name));
  memcpy(&number, hash, sizeof number);
  return number;
}

static enum bg_error claim(struct store *store, const char *name, bool *ret_claimed) {
  struct postgres *pg = of(store);
  char sql[96];
  int64_t claimed = 0;
  (void)snprintf(sql, sizeof sql, "SELECT pg_try_advisory_lock(%" PRId64 ")::int::bigint",
                 lock_of(name));
  enum bg_error err = connect_again(pg);
  if (err == BG_OK) {
    err = ask_number(pg, sql, &claimed);
  }
  if (err == BG_OK) {
    *ret_claimed = claimed != 0;
  }
  return err;
}

/* A lost connection has lost the lock, too. */
static void release(struct store *store, const char *name) {
  struct postgres *pg = of(store);
  char sql[96];
  int64_t released = 0;
  (void)snprintf(sql, sizeof sql, "SELECT pg_advisory_unlock(%" PRId64 ")::int::bigint",
                 lock_of(name));
  if (pg_line_is_up(&pg->line) && ask_number(pg, sql, &released) != BG_OK) {
    pg_line_drop(&pg->line); /* and with it the lock, whatever happened */
  }
}

static void close_store(struct store *store) {
  struct postgres *pg = of(store);
  pg_line_drop(&pg->line);
  if (pg->line.conninfo != NULL) {
    explicit_bzero(pg->line.conninfo, strlen(pg->line.conninfo));
    free(pg->line.conninfo);
  }
  free(pg);
}

/* libpq's word on a string that it cannot read repeats a part of it, which may be the password's.
 */
static enum bg_error check_conninfo(const char *conninfo,
                                    char ret_reason[static STORE_REASON_SIZE]) {
  PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
  if (options == NULL) {
    bg_text_fit(STORE_REASON_SIZE, ret_reason, "not a connection string of PostgreSQL's");
    return BG_ERR_RANGE;
  }
  PQconninfoFree(options);
  return BG_OK;
}

static enum bg_error open_store(const char *where, struct store **ret_store,
                                char ret_reason[static STORE_REASON_SIZE]) {
  enum bg_error err = check_conninfo(where, ret_reason);
  if (err != BG_OK) {
    return err;
  }
  struct postgres *pg = calloc(1, sizeof *pg);
  if (pg == NULL) {
    return BG_ERR_NOMEM;
  }
  pg->store.driver = &store_postgres;
  pg->line = (struct pg_line){.conninfo = strdup(where),
                              .reason = pg->store.reason,
                              .reason_size = sizeof pg->store.reason};
  err = pg->line.conninfo != NULL ? connect_again(pg) : BG_ERR_NOMEM;
  if (err != BG_OK) {
    bg_text_fit(STORE_REASON_SIZE, ret_reason, pg->store.reason);
    close_store(&pg->store);
    return err;
  }
  *ret_store = &pg->store;
  return BG_OK;
}

const struct store_driver store_postgres = {
    .prefix = "postgres:",
    .defers = true,
    .open = open_store,
    .close = close_store,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .run = run,
    .ask = ask,
    .settle = settle,
    .claim = claim,
    .release = release,
};
