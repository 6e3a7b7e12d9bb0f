/* SPDX-License-Identifier: BSD-2-Clause */
/* The connection to PostgreSQL: made, waited for with a bound, lost. Statements are sent without
 * waiting (libpq's pipeline mode); their results are taken together. Reaches core. */
#ifndef SIGNER_LEDGER_PG_LINE_H
#define SIGNER_LEDGER_PG_LINE_H

#include <libpq-fe.h>

#include "breakglass/buf.h"

struct pg_line {
  PGconn *conn;     /* NULL: none */
  char *conninfo;   /* as configured: may hold a password */
  unsigned pending; /* statements sent whose results were not taken */
  char *reason;     /* of the last failure */
  size_t reason_size;
};

/* Each result of each statement, in order; index counts the statements from 0. */
typedef void pg_result_fn(void *context, unsigned index, const PGresult *result);

/* Connects with what makes a session ours: bounds, durability, no notices on stderr. The caller has
 * set conninfo. */
BG_MUST_USE enum bg_error pg_line_connect(struct pg_line *line);
void pg_line_drop(struct pg_line *line); /* what was in a transaction is undone by the server */
bool pg_line_is_up(const struct pg_line *line);

/* After PQsend…(): counts the statement, or drops the connection if it could not be sent. */
BG_MUST_USE enum bg_error pg_line_sent(struct pg_line *line, int result);
/* Waits until all that was sent is done: the first failure among them. A lost connection is
 * dropped. */
BG_MUST_USE enum bg_error pg_line_settle(struct pg_line *line, pg_result_fn *on_result,
                                         void *context);

#endif
