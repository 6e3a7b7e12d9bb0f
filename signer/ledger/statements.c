/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "statements.h"

#define REQUEST_COLUMNS "id, state, subject, created, approve_by, expires, record, answer"

/* A page of requests in a state at a time, $2. */
#define PAGE(IN_STATE, ORDER)                                                                      \
  {                                                                                                \
    "SELECT " REQUEST_COLUMNS " FROM ledger_requests WHERE number < $1 AND " IN_STATE              \
    " ORDER BY " ORDER " DESC LIMIT $3",                                                           \
        "nnn"                                                                                      \
  }
#define PAGE_OF(IN_STATE)                                                                          \
  {                                                                                                \
    "SELECT " REQUEST_COLUMNS " FROM ledger_requests WHERE number < $1 AND " IN_STATE              \
    " AND subject = $4 ORDER BY number DESC LIMIT $3",                                             \
        "nnnt"                                                                                     \
  }
#define ANY "1 = 1"
#define WAITING "state = 1 AND approve_by >= $2"
#define ISSUED "state = 2 AND expires >= $2"
#define DENIED "state = 3"
#define EXPIRED "(state = 1 AND approve_by < $2 OR state = 2 AND expires < $2)"
/* Not the column itself: so the few in this state are sorted, and not all others read in order. */
#define SORTED "+number"

const struct statement_text statement_texts[STATEMENT_COUNT] = {
    [STATEMENT_STEP_BEGIN] = {"SAVEPOINT step", ""},
    [STATEMENT_STEP_KEEP] = {"RELEASE SAVEPOINT step", ""},
    [STATEMENT_STEP_UNDO] = {"ROLLBACK TO SAVEPOINT step", ""},

    [STATEMENT_APPEND] = {"INSERT INTO ledger_entries (number, line) VALUES ($1, $2)", "nb"},
    [STATEMENT_HEAD] = {"SELECT number, line FROM ledger_entries ORDER BY number DESC LIMIT 1", ""},
    [STATEMENT_ENTRIES] = {"SELECT number, line FROM ledger_entries WHERE number >= $1"
                           " ORDER BY number LIMIT $2",
                           "nn"},

    [STATEMENT_REQUEST_PUT] =
        {"INSERT INTO ledger_requests (number, " REQUEST_COLUMNS ")"
         " VALUES ((SELECT coalesce(max(number), 0) + 1 FROM ledger_requests),"
         " $1, $2, $3, $4, $5, $6, $7, $8)"
         " ON CONFLICT (id) DO UPDATE SET state = excluded.state, subject = excluded.subject,"
         " created = excluded.created, approve_by = excluded.approve_by,"
         " expires = excluded.expires, record = excluded.record, answer = excluded.answer",
         "tntnnnbb"},
    [STATEMENT_REQUEST_GET] = {"SELECT " REQUEST_COLUMNS " FROM ledger_requests WHERE id = $1",
                               "t"},
    [STATEMENT_REQUEST_NUMBER] = {"SELECT number FROM ledger_requests WHERE id = $1", "t"},
    [STATEMENT_REQUESTS] = PAGE(ANY, "number"),
    PAGE(WAITING, SORTED),
    PAGE(ISSUED, SORTED),
    PAGE(DENIED, "number"),
    PAGE(EXPIRED, "number"),
    [STATEMENT_REQUESTS_OF] = PAGE_OF(ANY),
    PAGE_OF(WAITING),
    PAGE_OF(ISSUED),
    PAGE_OF(DENIED),
    PAGE_OF(EXPIRED),

    [STATEMENT_NONCE_ADD] = {"INSERT INTO ledger_nonces (key, nonce, time) VALUES ($1, $2, $3)"
                             " ON CONFLICT DO NOTHING",
                             "bbn", true},
    [STATEMENT_NONCES_FORGET] =
        {"DELETE FROM ledger_nonces WHERE (time, key, nonce) IN (SELECT time, key, nonce"
         " FROM ledger_nonces WHERE time < $1 ORDER BY time LIMIT $2)",
         "nn"},

    [STATEMENT_REPLY_PUT] =
        {"INSERT INTO ledger_replies (caller, key, time, body_hash, status, body)"
         " VALUES ($1, $2, $3, $4, $5, $6)"
         " ON CONFLICT (caller, key) DO UPDATE SET time = excluded.time,"
         " body_hash = excluded.body_hash, status = excluded.status, body = excluded.body",
         "ttnbnb"},
    [STATEMENT_REPLY_GET] = {"SELECT caller, key, time, body_hash, status, body FROM ledger_replies"
                             " WHERE caller = $1 AND key = $2",
                             "tt"},
    [STATEMENT_REPLIES_FORGET] =
        {"DELETE FROM ledger_replies WHERE (caller, key) IN (SELECT caller, key"
         " FROM ledger_replies WHERE time < $1 ORDER BY time LIMIT $2)",
         "nn"},

    [STATEMENT_REVOKE] = {"INSERT INTO ledger_revocations (kind, value, until) VALUES ($1, $2, $3)"
                          " ON CONFLICT (kind, value) DO UPDATE SET until = excluded.until"
                          " WHERE ledger_revocations.until < excluded.until",
                          "ttn", true},
    [STATEMENT_REVOKED] = {"SELECT kind, value, until FROM ledger_revocations WHERE until >= $1"
                           " ORDER BY kind, value",
                           "n"},

    [STATEMENT_CURSOR_GET] = {"SELECT number FROM ledger_cursors WHERE name = $1", "t"},
    [STATEMENT_CURSOR_PUT] = {"INSERT INTO ledger_cursors (name, number) VALUES ($1, $2)"
                              " ON CONFLICT (name) DO UPDATE SET number = excluded.number"
                              " WHERE ledger_cursors.number < excluded.number",
                              "tn"},
};
