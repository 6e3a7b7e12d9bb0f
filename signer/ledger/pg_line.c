/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "pg_line.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "breakglass/host_clock.h"

/* The server ends what lasts too long, and a transaction whose service has stopped; and after half
 * a minute the session of a machine that is gone, whose claims nobody else could have before.
 * ANSWER_MS is for a server that has stopped itself. */
#define SESSION                                                                                    \
  "SET lock_timeout = '5s'; SET statement_timeout = '10s';"                                        \
  "SET idle_in_transaction_session_timeout = '30s'; SET synchronous_commit = on;"                  \
  "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"
#define ANSWER_MS 15000

/* Whether libpq's words repeat a secret of the connection string. */
static bool tells_secret(const struct pg_line *line, const char *message) {
  bool tells = false;
  PQconninfoOption *options = PQconninfoParse(line->conninfo, NULL);
  for (PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++) {
    bool is_secret = o->dispchar[0] == '*' && o->val != NULL && o->val[0] != '\0';
    tells |= is_secret && strstr(message, o->val) != NULL;
  }
  PQconninfoFree(options);
  return tells;
}

static void give_reason(struct pg_line *line, const char *message) {
  bg_text_fit(line->reason_size, line->reason,
              tells_secret(line, message) ? "the server's words hold the password" : message);
  line->reason[strcspn(line->reason, "\n")] = '\0';
}

void pg_line_drop(struct pg_line *line) {
  PQfinish(line->conn);
  line->conn = NULL;
  line->pending = 0;
}

bool pg_line_is_up(const struct pg_line *line) {
  return line->conn != NULL && PQstatus(line->conn) == CONNECTION_OK;
}

static enum bg_error lose(struct pg_line *line, const char *message) {
  give_reason(line, message);
  pg_line_drop(line);
  return BG_ERR_IO;
}

static void ignore_notice(void *context, const PGresult *result) {
  (void)context;
  (void)result;
}

static enum bg_error start_session(struct pg_line *line) {
  PGresult *result = PQexec(line->conn, SESSION);
  bool done = PQresultStatus(result) == PGRES_COMMAND_OK && PQsetnonblocking(line->conn, 1) == 0 &&
              PQenterPipelineMode(line->conn) == 1;
  PQclear(result);
  return done ? BG_OK : lose(line, PQerrorMessage(line->conn));
}

enum bg_error pg_line_connect(struct pg_line *line) {
  /* What stands before dbname can be set otherwise by the connection string, what stands behind
   * cannot. */
  const char *const keywords[] = {"connect_timeout", "tcp_user_timeout", "application_name",
                                  "dbname",          "client_encoding",  NULL};
  const char *const values[] = {"5", "15000", "breakglass-signer", line->conninfo, "UTF8", NULL};
  pg_line_drop(line);
  line->conn = PQconnectdbParams(keywords, values, 1);
  if (line->conn == NULL) {
    return BG_ERR_NOMEM;
  }
  if (PQstatus(line->conn) != CONNECTION_OK) {
    return lose(line, PQerrorMessage(line->conn));
  }
  (void)PQsetNoticeReceiver(line->conn, ignore_notice, NULL);
  return start_session(line);
}

/* Until the socket is ready and what has come is read; false if the time is over or the line is
 * dead. */
static bool wait_for(PGconn *conn, short events, int64_t deadline) {
  struct pollfd socket = {.fd = PQsocket(conn), .events = events};
  int ready;
  do {
    int64_t left = deadline - bg_clock_ms();
    ready = left > 0 ? poll(&socket, 1, (int)left) : 0;
  } while (ready < 0 && errno == EINTR);
  return ready > 0 &&
         ((socket.revents & (POLLIN | POLLHUP | POLLERR)) == 0 || PQconsumeInput(conn) == 1);
}

/* Reads while it writes: a server that waits for its reader reads nothing. */
static bool flush(PGconn *conn, int64_t deadline) {
  int left;
  while ((left = PQflush(conn)) == 1) {
    if (!wait_for(conn, POLLIN | POLLOUT, deadline)) {
      return false;
    }
  }
  return left == 0;
}

static bool next_result(PGconn *conn, int64_t deadline, PGresult **ret_result) {
  while (PQisBusy(conn) == 1) {
    if (!wait_for(conn, POLLIN, deadline)) {
      return false;
    }
  }
  *ret_result = PQgetResult(conn);
  return true;
}

/* Class 57014 is a cancelled statement, 55P03 a lock that was not to be had in time. */
static enum bg_error error_of(const PGresult *result) {
  const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  bool busy = state != NULL && (strcmp(state, "57014") == 0 || strcmp(state, "55P03") == 0);
  return busy ? BG_ERR_BUSY : BG_ERR_IO;
}

static enum bg_error judge(struct pg_line *line, const PGresult *result) {
  switch (PQresultStatus(result)) {
  case PGRES_COMMAND_OK:
  case PGRES_TUPLES_OK:
    return BG_OK;
  case PGRES_PIPELINE_ABORTED: /* by one before it, which was told */
    return BG_ERR_IO;
  default:
    give_reason(line, PQresultErrorMessage(result));
    return error_of(result);
  }
}

enum bg_error pg_line_sent(struct pg_line *line, int result) {
  if (result != 1) {
    return lose(line, PQerrorMessage(line->conn));
  }
  line->pending++;
  return BG_OK;
}

enum bg_error pg_line_settle(struct pg_line *line, pg_result_fn *on_result, void *context) {
  int64_t deadline = bg_clock_ms() + ANSWER_MS;
  enum bg_error err = BG_OK;
  PGresult *result = NULL;
  if (PQpipelineSync(line->conn) != 1 || !flush(line->conn, deadline)) {
    return lose(line, PQerrorMessage(line->conn));
  }
  for (unsigned index = 0; index <= line->pending;) {
    if (!next_result(line->conn, deadline, &result)) {
      return lose(line, "the server does not answer");
    }
    bool synced = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
    if (result == NULL || synced) {
      index++;
    } else {
      enum bg_error judged = judge(line, result);
      err = err != BG_OK ? err : judged;
      if (judged == BG_OK && on_result != NULL) {
        on_result(context, index, result);
      }
    }
    PQclear(result);
  }
  line->pending = 0;
  if (!pg_line_is_up(line)) {
    pg_line_drop(line);
  }
  return err;
}
