/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside signer/desk/ only: what its files share. */
#ifndef SIGNER_DESK_PARTS_H
#define SIGNER_DESK_PARTS_H

#include <jansson.h>
#include <pthread.h>

#include "../ledger/ledger.h"
#include "breakglass/ask.h"
#include "breakglass/call_json.h"
#include "breakglass/mint.h"
#include "desk.h"

#define DESK_LEFT_MIN 120 /* seconds that a token must have left when it is issued */
#define DESK_REPLY_KEPT 86400
#define DESK_READERS 4

/* Rules and keys as they are in force; replaced as a whole. */
struct book {
  struct bg_issuing *issuing;
  struct bg_trusted_signers signers;
};

struct readers { /* ledger handles for those who only read */
  pthread_mutex_t mutex;
  pthread_cond_t freed;
  struct ledger *free[DESK_READERS];
  size_t count;
};

struct seen; /* nonces of reading calls */
struct writer;

struct desk {
  struct desk_config config;
  struct bg_issuing_settings settings;
  struct bg_signing_key *issuer;
  struct bg_signing_key *ca; /* NULL: no certificates */
  pthread_rwlock_t book_lock;
  struct book book;
  struct readers readers;
  struct seen *seen;
  struct writer *writer;
  struct counters {
    uint64_t requests, issued, denied, refused, unauthorised, failures;
  } counters; /* __atomic */
};

#define DESK_COUNT(desk, counter)                                                                  \
  ((void)__atomic_add_fetch(&(desk)->counters.counter, 1, __ATOMIC_RELAXED))

void desk_log(const struct desk *desk, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* -- caller.c: who signed the call ------------------------------------------------------------ */

struct caller {
  char name[BG_NAME_SIZE];
  unsigned roles; /* of enum bg_role, that the key has now */
  struct bg_ssh_key key;
  struct bg_call call; /* views into the exchange */
  uint8_t blob[BG_SSHSIG_MAX];
  size_t blob_len;
};

/* Answers the exchange and returns false if the call is not signed under this namespace by a key
 * with one of these roles. */
bool caller_identify(struct desk *desk, struct http_exchange *exchange, const char *namespace,
                     unsigned roles, struct caller *ret_caller);
/* The same for a call that only reads: its nonce is remembered here. */
bool caller_identify_reader(struct desk *desk, struct http_exchange *exchange,
                            struct caller *ret_caller);
/* The person with this key in one of these roles now, under the book's lock; ret_roles may be NULL.
 * NULL if nobody. */
const char *caller_principal(const struct bg_trusted_signers *signers, const struct bg_ssh_key *key,
                             unsigned roles, unsigned *ret_roles);

/* -- seen.c ----------------------------------------------------------------------------------- */

struct seen *seen_new(void); /* NULL: no memory */
void seen_free(struct seen *seen);
/* BG_ERR_EXISTS if it was there in the last minutes, BG_ERR_BUSY if there are too many to remember.
 */
BG_MUST_USE enum bg_error seen_add(struct seen *seen, const struct caller *caller);

/* -- record.c: a request as it is kept --------------------------------------------------------- */

/* {"view": what is answered, "payload", "call", "wait", "needs", "holder", "signatures"} */
struct record {
  json_t *root;
  char id[LEDGER_ID_SIZE];
  enum ledger_state state;
  char subject[LEDGER_NAME_SIZE];
  int64_t created, approve_by, expires;
  json_t *answer; /* token and certificate; NULL before the issue */
};

json_t *record_call(const struct caller *caller); /* the call, as evidence */
enum bg_error record_load(struct ledger *ledger, const char *id, struct record *ret_record);
enum bg_error record_put(struct ledger *ledger, const struct record *record);
void record_free(struct record *record);
/* What is answered at this time; a new reference. */
json_t *record_view(const struct record *record, int64_t now);
bool record_is_open(const struct record *record, int64_t now);
/* The needs as the rules take them. */
void record_decision(const struct record *record, struct bg_issuing_decision *ret_decision);
/* Writes anew for whom it waits. How many approvals are missing. Under the book's lock. */
unsigned record_count(const struct record *record, const struct bg_issuing *issuing);
/* Forgets approvals by keys that are no longer their people's. Under the book's lock. */
void record_drop_untrusted(const struct record *record, const struct bg_trusted_signers *signers);
/* Whether the value is this key's signature over the request's claims. */
bool record_is_signed(const struct record *record, const struct bg_ssh_key *key,
                      struct bg_bytes value);
enum bg_error record_payload(const struct record *record, uint8_t *bytes, size_t cap,
                             struct bg_bytes *ret_payload);

json_t *json_base64url(struct bg_bytes bytes);
enum bg_error json_read_base64url(const json_t *value, uint8_t *bytes, size_t cap,
                                  struct bg_bytes *ret_bytes);

/* -- writer.c: the one thread that changes anything ------------------------------------------- */

struct job {
  struct job *next;
  struct http_exchange *exchange;
  struct caller caller; /* name empty: the call is not signed */
  /* BG_OK keeps what was written; anything else undoes it. The answer is set in either case, or
   * becomes 503. */
  enum bg_error (*run)(struct desk *desk, struct ledger *ledger, struct job *job);
  struct draft *draft; /* of a new request; NULL for other calls */
  json_t *body_read;   /* JSON of other calls; may be NULL */
  bool watches;        /* not answered now: when its request changes, or at the deadline */
  int64_t deadline;
  /* The answer. */
  unsigned status;
  bool broken;      /* not refused, and no failure of the ledger */
  const char *code; /* of a problem */
  char detail[256];
  char *body; /* JSON, heap */
  char id[LEDGER_ID_SIZE];
  uint8_t shown[BG_SHA256_SIZE]; /* of the view that a watcher has seen */
};

struct writer *writer_start(struct desk *desk,
                            struct ledger *ledger); /* takes the ledger; NULL: failed */
void writer_stop(struct writer *writer);
void writer_free(struct writer *writer);
bool writer_is_healthy(struct writer *writer);
/* Takes the job, of malloc(), and its exchange, which it defers. */
void writer_submit(struct writer *writer, struct job *job);
void job_free(struct job *job);

/* Sets the job's answer; both return what run() should return. */
enum bg_error job_answer(struct job *job, unsigned status, json_t *body); /* takes body */
enum bg_error job_refuse(struct job *job, unsigned status, const char *code, const char *format,
                         ...) __attribute__((format(printf, 4, 5)));

/* -- what jobs do ------------------------------------------------------------------------------ */

enum bg_error run_request(struct desk *desk, struct ledger *ledger, struct job *job);
enum bg_error run_approval(struct desk *desk, struct ledger *ledger, struct job *job);
enum bg_error run_denial(struct desk *desk, struct ledger *ledger, struct job *job);
enum bg_error run_watch(struct desk *desk, struct ledger *ledger, struct job *job);

/* What comes to be when a request is issued. */
struct issued {
  json_t *answer; /* token and certificate */
  char token_sha256[2 * BG_SHA256_SIZE + 1];
  bool certified;
  uint64_t serial;
};

/* What the ask wants of the rules. */
struct bg_issuing_wish wish_of(const char *subject, const struct bg_ask *ask, int64_t now);
/* Before the issuer signs what others could have written into the store: the request is what its
 * call asks for, by somebody who may still ask, as the rules are now; and its approvals are good
 * and enough. BG_ERR_DENIED, and the job's answer is set. Under the book's lock. */
enum bg_error recheck(const struct desk *desk, struct job *job, const struct record *record);

/* Signs the token and its certificate, on any thread. The answer is the caller's to free. */
enum bg_error issue_sign(const struct desk *desk, const struct record *record,
                         struct issued *ret_issued);
/* Writes the entry; the record is one that is issued then. On failure the job's answer is set. */
enum bg_error issue_write(struct desk *desk, struct ledger *ledger, struct job *job,
                          struct record *record, const struct issued *issued);

void draft_free(struct draft *draft); /* takes NULL */

/* Appends an entry of these members to the chain; takes fields. */
enum bg_error append_entry(struct ledger *ledger, const char *kind, json_t *fields);

/* The path's id; false, and answered, if it is none. */
bool take_id(struct http_exchange *exchange, char ret_id[static LEDGER_ID_SIZE]);

/* -- answers of those who only read -------------------------------------------------------------
 */

struct ledger *readers_take(struct desk *desk); /* NULL: none can be had */
void readers_give(struct desk *desk, struct ledger *ledger);
void answer_json(struct http_exchange *exchange, unsigned status, json_t *body); /* takes body */

http_handler post_request, post_approval, post_denial;
http_handler get_requests, get_request, get_draft, get_token, get_entries, get_checkpoint, get_keys,
    get_health, get_metrics;

#endif
