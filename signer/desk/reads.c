/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers of those who only read, on the server's threads. */
#include <config.h>

#include "reads.h"

#include "exchange.h"
#include "record.h"
#include "revocation_list.h"
#include "routes.h"
#include "writer.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/host_clock.h"
#include "breakglass/json_read.h"
#include "breakglass/json_write.h"
#include "breakglass/text.h"

#define LIST_DEFAULT 50
#define LIST_MAX 100
#define WAIT_MAX 30

static void answer_failure(struct http_exchange *exchange, enum bg_error err) {
  if (err == BG_ERR_NOT_FOUND) {
    http_problem(exchange, 404, "not-found", "there is no such request");
  } else {
    http_problem(exchange, 503, "unavailable", "the ledger cannot be read now");
  }
}

/* A whole number of the query, or what stands for its absence. False, and answered, if it is none.
 */
static bool take_number(struct http_exchange *exchange, const char *name, int64_t fallback,
                        int64_t max, int64_t *ret_value) {
  const char *text = http_query(exchange, name);
  *ret_value = fallback;
  if (text != NULL && bg_parse_uint(bg_bytes_of(text), 1, max, ret_value) != BG_OK) {
    http_problem(exchange, 400, "bad-request", "a number of the query is out of its range");
    return false;
  }
  return true;
}

/* Requesters see their own; whoever approves or issues sees all. */
static bool sees_all(const struct caller *caller) {
  return (caller->roles & (BG_ROLE_APPROVER | BG_ROLE_ISSUER)) != 0;
}

static bool may_see(const struct caller *caller, const struct record *record) {
  return sees_all(caller) || strcmp(caller->name, record->subject) == 0;
}

/* Somebody else's request is none, for a requester. */
static enum bg_error load_visible(struct ledger *ledger, const char *id,
                                  const struct caller *caller, struct record *ret_record) {
  enum bg_error err = record_load(ledger, id, ret_record);
  if (err == BG_OK && !may_see(caller, ret_record)) {
    err = BG_ERR_NOT_FOUND;
  }
  if (err != BG_OK) {
    record_free(ret_record);
  }
  return err;
}

typedef void record_answer(const struct desk *desk, struct http_exchange *exchange,
                           const struct caller *caller, const struct record *record);

static void read_one(struct desk *desk, struct http_exchange *exchange, record_answer *answer) {
  struct caller caller;
  struct record record;
  char id[LEDGER_ID_SIZE];
  if (!caller_identify_reader(desk, exchange, &caller) || !take_id(exchange, id)) {
    return;
  }
  struct ledger *ledger = readers_take(&desk->readers);
  enum bg_error err = load_visible(ledger, id, &caller, &record);
  readers_give(&desk->readers, ledger);
  if (err != BG_OK) {
    answer_failure(exchange, err);
    return;
  }
  answer(desk, exchange, &caller, &record);
  record_free(&record);
}

/* -- one request, now or once it changes --------------------------------------------------------
 */

static enum bg_error show(struct job *job, const struct record *record) {
  enum bg_error err = job_answer(job, 200, record_view(record, bg_clock_now()));
  if (err == BG_OK) {
    (void)crypto_hash_sha256(job->shown, (const uint8_t *)job->body, strlen(job->body));
  }
  if (!record_is_open(record, bg_clock_now())) {
    job->deadline = 0; /* nothing more will change but the clock */
  }
  return err;
}

enum bg_error run_watch(struct desk *desk, struct ledger *ledger, struct job *job) {
  struct record record;
  (void)desk;
  enum bg_error err = load_visible(ledger, job->id, &job->caller, &record);
  if (err == BG_ERR_NOT_FOUND) {
    return job_refuse(job, 404, "not-found", "there is no such request");
  }
  if (err == BG_OK) {
    err = show(job, &record);
    record_free(&record);
  }
  return err;
}

static void wait_for_change(struct desk *desk, struct http_exchange *exchange, int64_t wait) {
  struct job *job = calloc(1, sizeof *job);
  if (job == NULL) {
    http_problem(exchange, 503, "unavailable", NULL);
    return;
  }
  job->exchange = exchange;
  job->run = run_watch;
  job->watches = true;
  job->deadline = bg_clock_boottime() + wait;
  if (caller_identify_reader(desk, exchange, &job->caller) && take_id(exchange, job->id)) {
    writer_submit(desk->writer, job);
  } else {
    job_free(job);
  }
}

static void answer_view(const struct desk *desk, struct http_exchange *exchange,
                        const struct caller *caller, const struct record *record) {
  (void)desk, (void)caller;
  answer_json(exchange, 200, record_view(record, bg_clock_now()));
}

void get_request(struct http_exchange *exchange, void *context) {
  int64_t wait = 0;
  if (!take_number(exchange, "wait", 0, WAIT_MAX, &wait)) {
    return;
  }
  if (wait > 0) {
    wait_for_change(context, exchange, wait);
  } else {
    read_one(context, exchange, answer_view);
  }
}

static void answer_draft(const struct desk *desk, struct http_exchange *exchange,
                         const struct caller *caller, const struct record *record) {
  (void)desk, (void)caller;
  answer_json(exchange, 200,
              json_pack("{s:O, s:O, s:O, s:O}", "payload", json_object_get(record->root, "payload"),
                        "call", json_object_get(record->root, "call"), "rule",
                        json_object_get(json_object_get(record->root, "view"), "rule"), "wait",
                        json_object_get(record->root, "wait")));
}

void get_draft(struct http_exchange *exchange, void *context) {
  read_one(context, exchange, answer_draft);
}

static void answer_token(const struct desk *desk, struct http_exchange *exchange,
                         const struct caller *caller, const struct record *record) {
  const enum bg_error err = revoked_check(desk, record);
  if (strcmp(caller->name, record->subject) != 0) {
    http_problem(exchange, 403, "not-allowed", "a token is for the one who asked for it");
  } else if (record->state != LEDGER_ISSUED) {
    http_problem(exchange, 409, "not-issued", "the token is not issued");
  } else if (err == BG_REFUSED_REVOKED) {
    http_problem(exchange, 409, "revoked", "the token, or the key that it is for, is revoked");
  } else if (err != BG_OK || record->answer == NULL) {
    answer_failure(exchange, err);
  } else {
    http_answer(exchange, 200, "application/json", bg_bytes_of(record->answer));
  }
}

void get_token(struct http_exchange *exchange, void *context) {
  read_one(context, exchange, answer_token);
}

/* -- the list -----------------------------------------------------------------------------------
 */

struct listing {
  json_t *requests;
  int64_t now;
  char last[LEDGER_ID_SIZE];
};

static bool add_to_list(void *context, const struct ledger_request *request) {
  struct listing *listing = context;
  struct record record = {.state = request->state,
                          .approve_by = request->approve_by,
                          .expires = request->expires,
                          .root = json_read(request->record)};
  (void)json_array_append_new(listing->requests, record_view(&record, listing->now));
  bg_text_fit(sizeof listing->last, listing->last, request->id);
  record_free(&record);
  return true;
}

static bool take_state(struct http_exchange *exchange, enum ledger_show *ret_show) {
  static const char *const names[] = {"", "waiting", "issued", "denied", "expired"};
  const char *state = http_query(exchange, "state");
  *ret_show = LEDGER_SHOW_ALL;
  for (size_t i = 0; state != NULL && i < sizeof names / sizeof names[0]; i++) {
    if (strcmp(state, names[i]) == 0) {
      *ret_show = (enum ledger_show)i;
      return true;
    }
  }
  if (state != NULL) {
    http_problem(exchange, 400, "bad-request", "state: waiting, issued, denied or expired");
  }
  return state == NULL;
}

static void list(struct desk *desk, struct http_exchange *exchange,
                 const struct ledger_filter *filter) {
  struct listing listing = {.requests = json_array(), .now = filter->now};
  struct ledger *ledger = readers_take(&desk->readers);
  enum bg_error err = ledger_requests(ledger, filter, add_to_list, &listing);
  readers_give(&desk->readers, ledger);
  if (err != BG_OK) {
    json_decref(listing.requests);
    answer_failure(exchange, err);
    return;
  }
  const bool more = json_array_size(listing.requests) == filter->limit;
  answer_json(
      exchange, 200,
      json_pack("{s:o, s:s?}", "requests", listing.requests, "next", more ? listing.last : NULL));
}

void get_requests(struct http_exchange *exchange, void *context) {
  struct desk *desk = context;
  struct ledger_filter filter = {.now = bg_clock_now(), .after = http_query(exchange, "after")};
  struct caller caller;
  int64_t limit = 0;
  if (!take_number(exchange, "limit", LIST_DEFAULT, LIST_MAX, &limit) ||
      !take_state(exchange, &filter.show) || !caller_identify_reader(desk, exchange, &caller)) {
    return;
  }
  filter.limit = (size_t)limit;
  filter.subject = sees_all(&caller) ? NULL : caller.name;
  list(desk, exchange, &filter);
}
