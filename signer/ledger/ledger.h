/* SPDX-License-Identifier: BSD-2-Clause */
/* What the service must never forget: the chained entries (docs/PROTOCOL.signer.md, section 4), and
 * what follows from them: requests, seen nonces, given answers, revocations. Two stores beside each
 * other behind one interface: SQLite (embedded), PostgreSQL (several services at once). A handle is
 * used by one thread at a time; several may be open on one store. Reaches core. */
#ifndef SIGNER_LEDGER_H
#define SIGNER_LEDGER_H

#include "breakglass/buf.h"
#include "breakglass/text.h"

#define LEDGER_HASH_SIZE 32
#define LEDGER_LINE_MAX 16384
#define LEDGER_ID_SIZE 33 /* 32 hex digits and NUL */
#define LEDGER_NAME_SIZE 129

struct ledger;

/* "sqlite:PATH" (WAL, synchronous FULL; made with mode 0600 if it is not there; in a folder that
 * only this user or root can write) or "postgres:CONNINFO" (libpq's, key words or URI; the tables
 * are made if they are not there). BG_ERR_RANGE for another kind, or a CONNINFO that is none;
 * BG_ERR_IO, BG_ERR_NOT_FOUND (no such folder), BG_ERR_DENIED, BG_ERR_UNSAFE (a file that others
 * can read or write, or a folder that others can write), BG_ERR_BUSY, BG_ERR_UNSUPPORTED (made by a
 * later version), BG_ERR_NOMEM. */
BG_MUST_USE enum bg_error ledger_open(const char *spec, struct ledger **ret_ledger);
void ledger_close(struct ledger *ledger); /* takes NULL; what was not committed is undone */
/* What the store said last of a failure, for the log: never NULL, never a password. Of NULL: why
 * this thread's last ledger_open() failed. */
const char *ledger_reason(const struct ledger *ledger);

/* One write transaction, alone among all writers of the store, of all services. Many commands share
 * one: each is a step that can be undone alone; steps do not nest. ledger_commit() returns once it
 * is on disk. After a failed ledger_begin() or ledger_commit() the transaction is over and nothing
 * of it has happened; only after BG_ERR_IO of ledger_commit() it may have, since the answer of a
 * disk or a server can be lost: the nonces and replies that went with it tell. BG_ERR_BUSY: others
 * kept the store for too long (5 s). BG_ERR_RANGE: out of order (a commit within a step also ends
 * the transaction). A lost connection is made again by the next ledger_begin(), or by a reading
 * call outside of a transaction.
 * An error of a call below that it does not name itself spoils the step, or the transaction outside
 * of a step: every further call fails until the step is undone, and it cannot be committed. Over
 * PostgreSQL, writing calls and ledger_step_keep() do not wait for the server: what it refuses is
 * told by a later call, by ledger_commit() at the latest. If that may have been in a step that was
 * kept, ledger_step_undo() is BG_ERR_IO: what is left is ledger_rollback(). A refusal of that kind
 * is a full or damaged store, never a nonce or a reply seen before. */
BG_MUST_USE enum bg_error ledger_begin(struct ledger *ledger);
BG_MUST_USE enum bg_error ledger_commit(struct ledger *ledger);
void ledger_rollback(struct ledger *ledger);
BG_MUST_USE enum bg_error ledger_step_begin(struct ledger *ledger);
BG_MUST_USE enum bg_error ledger_step_keep(struct ledger *ledger);
BG_MUST_USE enum bg_error ledger_step_undo(struct ledger *ledger);

/* Everything below works in a transaction; reading also works without one, writing is BG_ERR_RANGE
 * then. Callbacks must not use the handle; what they are given lives until they return. */

/* Appends the entry {"number":N,"previous":"...","time":T,"kind":"KIND",FIELDS} to the chain;
 * fields is JSON without braces. BG_ERR_TOO_LARGE if the line is, BG_ERR_SYNTAX if fields is empty
 * or holds a control character, or kind is not of [a-z_]+, BG_ERR_RANGE for a time outside of
 * 0..BG_TIME_MAX. */
BG_MUST_USE enum bg_error ledger_append(struct ledger *ledger, int64_t time, const char *kind,
                                        struct bg_bytes fields);
/* The newest entry; number 0 and zeros if there is none. */
BG_MUST_USE enum bg_error ledger_head(struct ledger *ledger, int64_t *ret_number,
                                      uint8_t ret_hash[static LEDGER_HASH_SIZE]);
/* Entries from a number on, in order, without LF, at most limit; stops where on_line returns false.
 */
typedef bool ledger_line_fn(void *context, int64_t number, struct bg_bytes line);
BG_MUST_USE enum bg_error ledger_entries(struct ledger *ledger, int64_t from, size_t limit,
                                         ledger_line_fn *on_line, void *context);

/* A request as it stands. record and answer are the desk's, and mean nothing here. */
enum ledger_state { LEDGER_WAITING = 1, LEDGER_ISSUED, LEDGER_DENIED };
struct ledger_request {
  char id[LEDGER_ID_SIZE];
  enum ledger_state state;
  char subject[LEDGER_NAME_SIZE];
  int64_t created;
  int64_t approve_by;
  int64_t expires;
  struct bg_bytes record; /* JSON */
  struct bg_bytes answer; /* JSON: token and certificate; empty before the issue */
};
/* Inserts, or replaces the one with this id, which keeps its place in the order. */
BG_MUST_USE enum bg_error ledger_request_put(struct ledger *ledger,
                                             const struct ledger_request *request);
typedef bool ledger_request_fn(void *context, const struct ledger_request *request);
/* Calls on_request once, or answers BG_ERR_NOT_FOUND. */
BG_MUST_USE enum bg_error ledger_request_get(struct ledger *ledger, const char *id,
                                             ledger_request_fn *on_request, void *context);
/* Newest first, by the order of their first ledger_request_put(), behind the request `after` (NULL:
 * from the newest on; BG_ERR_NOT_FOUND if there is none). A request that waits is expired once
 * approve_by has passed (now > approve_by), an issued one once expires has. */
enum ledger_show {
  LEDGER_SHOW_ALL,
  LEDGER_SHOW_WAITING,
  LEDGER_SHOW_ISSUED,
  LEDGER_SHOW_DENIED,
  LEDGER_SHOW_EXPIRED
};
struct ledger_filter {
  enum ledger_show show;
  const char *subject; /* NULL: everybody's */
  const char *after;
  int64_t now;
  size_t limit;
};
BG_MUST_USE enum bg_error ledger_requests(struct ledger *ledger, const struct ledger_filter *filter,
                                          ledger_request_fn *on_request, void *context);

/* Remembers a nonce of a key (SHA-256 of its blob) at the time that was signed with it:
 * BG_ERR_EXISTS if the three were seen together. */
BG_MUST_USE enum bg_error ledger_nonce_add(struct ledger *ledger, const uint8_t key[static 32],
                                           const uint8_t nonce[static 16], int64_t time);

/* The same without waiting, which over PostgreSQL costs a way there and back: whether it was new
 * stands in *ret_is_new once ledger_settle() has returned BG_OK. */
BG_MUST_USE enum bg_error ledger_nonce_ask(struct ledger *ledger, const uint8_t key[static 32],
                                           const uint8_t nonce[static 16], int64_t time,
                                           bool *ret_is_new);

/* The answer once given to a caller under an idempotency key, and the SHA-256 of what it was for:
 * target and body. */
struct ledger_reply {
  char caller[LEDGER_NAME_SIZE];
  char key[65];
  int64_t time;
  uint8_t body_hash[LEDGER_HASH_SIZE];
  int64_t status;
  struct bg_bytes body;
};
typedef void ledger_reply_fn(void *context, const struct ledger_reply *reply);
/* Replaces what was given under the same caller and key. */
BG_MUST_USE enum bg_error ledger_reply_put(struct ledger *ledger, const struct ledger_reply *reply);
/* Calls on_reply once, or answers BG_ERR_NOT_FOUND. */
BG_MUST_USE enum bg_error ledger_reply_get(struct ledger *ledger, const char *caller,
                                           const char *key, ledger_reply_fn *on_reply,
                                           void *context);
/* The same without waiting: err says what became of it once ledger_settle() has returned BG_OK;
 * until then the question must stay where it is. */
struct ledger_reply_question {
  ledger_reply_fn *on_reply;
  void *context;
  enum bg_error err;
};
BG_MUST_USE enum bg_error ledger_reply_ask(struct ledger *ledger, const char *caller,
                                           const char *key, struct ledger_reply_question *question);
/* Waits for the answers to all that was asked or written in this transaction. */
BG_MUST_USE enum bg_error ledger_settle(struct ledger *ledger);

/* A revocation in force until a time, this second included. kind and value as in the entry, shorter
 * than LEDGER_NAME_SIZE (BG_ERR_TOO_LARGE). BG_ERR_EXISTS if it stands already, for as long or
 * longer; a longer one takes its place. */
BG_MUST_USE enum bg_error ledger_revoke(struct ledger *ledger, const char *kind, const char *value,
                                        int64_t until);
typedef bool ledger_revoked_fn(void *context, const char *kind, const char *value, int64_t until);
/* All in force at the time, ordered by kind and value. */
BG_MUST_USE enum bg_error ledger_revoked(struct ledger *ledger, int64_t at,
                                         ledger_revoked_fn *on_revoked, void *context);

/* How far somebody has come who goes through the entries: the number of the last that is done with.
 * BG_ERR_NOT_FOUND if nothing was put under that name, which is shorter than LEDGER_NAME_SIZE
 * (BG_ERR_TOO_LARGE). */
BG_MUST_USE enum bg_error ledger_cursor_get(struct ledger *ledger, const char *name,
                                            int64_t *ret_number);
/* Never moves it back: a smaller number changes nothing. */
BG_MUST_USE enum bg_error ledger_cursor_put(struct ledger *ledger, const char *name,
                                            int64_t number);
/* Of several services over one store, one alone does what goes by that name: BG_ERR_BUSY if another
 * does so now. Held until ledger_release(), or until the connection to the store is lost, which
 * this one may not see at once: so two may do it for a moment. Not within a transaction
 * (BG_ERR_RANGE); never busy over SQLite, which is one service's. */
BG_MUST_USE enum bg_error ledger_claim(struct ledger *ledger, const char *name);
void ledger_release(struct ledger *ledger, const char *name);
/* Whether several services may use the store, so that a claim means something. */
bool ledger_is_shared(const struct ledger *ledger);

/* Forgets nonces, and answers, that are older than these times, at most so many of each in a call.
 * Entries and requests stay. */
#define LEDGER_FORGET_MAX 10000
BG_MUST_USE enum bg_error ledger_forget(struct ledger *ledger, int64_t nonces_before,
                                        int64_t replies_before);

#endif
