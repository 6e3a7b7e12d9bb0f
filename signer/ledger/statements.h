/* SPDX-License-Identifier: BSD-2-Clause */
/* Every statement and table of the ledger, in the SQL that both stores read. Reaches nothing. */
#ifndef SIGNER_LEDGER_STATEMENTS_H
#define SIGNER_LEDGER_STATEMENTS_H

#include <stdbool.h>

#define SCHEMA_VERSION 1

enum statement {
  STATEMENT_STEP_BEGIN,
  STATEMENT_STEP_KEEP,
  STATEMENT_STEP_UNDO,

  STATEMENT_APPEND,  /* number, line */
  STATEMENT_HEAD,    /* -> number, line */
  STATEMENT_ENTRIES, /* from, limit -> number, line */

  STATEMENT_REQUEST_PUT,    /* what a request row holds */
  STATEMENT_REQUEST_GET,    /* id -> a request row */
  STATEMENT_REQUEST_NUMBER, /* id -> number */
  /* before number, now, limit -> request rows; in the order of enum ledger_show */
  STATEMENT_REQUESTS,
  /* before number, now, limit, subject -> request rows; likewise */
  STATEMENT_REQUESTS_OF = STATEMENT_REQUESTS + 5,

  STATEMENT_NONCE_ADD = STATEMENT_REQUESTS_OF + 5, /* key, nonce, time; tells if it is new */
  STATEMENT_NONCES_FORGET,                         /* before, limit */

  STATEMENT_REPLY_PUT,      /* caller, key, time, body_hash, status, body */
  STATEMENT_REPLY_GET,      /* caller, key -> the same */
  STATEMENT_REPLIES_FORGET, /* before, limit */

  STATEMENT_REVOKE,  /* kind, value, until; tells if it is new or longer than before */
  STATEMENT_REVOKED, /* at -> kind, value, until */

  STATEMENT_CURSOR_GET, /* name -> number */
  STATEMENT_CURSOR_PUT, /* name, number */

  STATEMENT_COUNT
};

struct statement_text {
  const char *sql;
  const char *values; /* one character a value: n number, t text, b bytes */
  bool tells_change;  /* a store calls on_row once, without a row, if it changed anything */
};
extern const struct statement_text statement_texts[STATEMENT_COUNT];

/* The tables. TEXT: a text type that sorts by bytes. CLUSTERED: what ends a table that is kept in
 * the order of its key. Waiting and issued requests that are not expired are few; an index each
 * finds them among the many. */
#define SCHEMA_TABLES(NUMBER, TEXT, BYTES, CLUSTERED)                                              \
  "CREATE TABLE ledger_entries (number " NUMBER " PRIMARY KEY, line " BYTES " NOT NULL);"          \
  "CREATE TABLE ledger_requests (number " NUMBER " PRIMARY KEY, id " TEXT " NOT NULL UNIQUE,"      \
  " state " NUMBER " NOT NULL, subject " TEXT " NOT NULL, created " NUMBER " NOT NULL,"            \
  " approve_by " NUMBER " NOT NULL, expires " NUMBER " NOT NULL, record " BYTES " NOT NULL,"       \
  " answer " BYTES " NOT NULL);"                                                                   \
  "CREATE INDEX ledger_requests_subject ON ledger_requests (subject, number);"                     \
  "CREATE INDEX ledger_requests_waiting ON ledger_requests (approve_by) WHERE state = 1;"          \
  "CREATE INDEX ledger_requests_issued ON ledger_requests (expires) WHERE state = 2;"              \
  "CREATE INDEX ledger_requests_denied ON ledger_requests (number) WHERE state = 3;"               \
  "CREATE TABLE ledger_nonces (key " BYTES " NOT NULL, nonce " BYTES " NOT NULL,"                  \
  " time " NUMBER " NOT NULL, PRIMARY KEY (time, key, nonce))" CLUSTERED ";"                       \
  "CREATE TABLE ledger_replies (caller " TEXT " NOT NULL, key " TEXT " NOT NULL,"                  \
  " time " NUMBER " NOT NULL, body_hash " BYTES " NOT NULL, status " NUMBER " NOT NULL,"           \
  " body " BYTES " NOT NULL, PRIMARY KEY (caller, key));"                                          \
  "CREATE INDEX ledger_replies_time ON ledger_replies (time);"                                     \
  "CREATE TABLE ledger_revocations (kind " TEXT " NOT NULL, value " TEXT " NOT NULL,"              \
  " until " NUMBER " NOT NULL, PRIMARY KEY (kind, value))" CLUSTERED ";"                           \
  "CREATE TABLE ledger_cursors (name " TEXT " PRIMARY KEY NOT NULL,"                               \
  " number " NUMBER " NOT NULL)" CLUSTERED ";"

#endif
