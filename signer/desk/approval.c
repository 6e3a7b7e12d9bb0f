/* SPDX-License-Identifier: BSD-2-Clause */
/* POST /v1/requests/ID/approvals, and denials: an approval is the token's own signature. */
#include <config.h>

#include "exchange.h"
#include "issue.h"
#include "recheck.h"
#include "routes.h"
#include "writer.h"

#include <stdlib.h>
#include <string.h>

#include "breakglass/host_clock.h"
#include "breakglass/json_read.h"

#define BAD_APPROVAL "an approval has a key and its signature"
#define BAD_SIGNATURE "the signature is not one of this draft"
#define UNKNOWN_APPROVER "this key approves nothing here"

static bool has_members(const json_t *body, size_t count) {
  return json_is_object(body) && json_object_size(body) == count;
}

/* Loads the request that the job is about. */
static enum bg_error load(struct ledger *ledger, struct job *job, struct record *record) {
  enum bg_error err = record_load(ledger, job->id, record);
  if (err == BG_ERR_NOT_FOUND) {
    err = job_refuse(job, 404, "not-found", "there is no such request");
  }
  if (err != BG_OK) {
    record_free(record);
  }
  return err;
}

static enum bg_error refuse_closed(struct job *job, const struct record *record) {
  json_t *view = record_view(record, bg_clock_now());
  enum bg_error err =
      job_refuse(job, 409, "conflict", "the request is %s: nothing can be changed any more",
                 json_text_of(view, "state"));
  json_decref(view);
  return err;
}

static bool is_asked(const struct desk *desk, const struct record *record, const char *person) {
  struct bg_issuing_decision decision;
  record_decision(record, &decision);
  for (size_t i = 0; i < decision.need_count; i++) {
    if (bg_issuing_is_member(desk->book.issuing, decision.needs[i].group, person)) {
      return true;
    }
  }
  return false;
}

static bool has_approved(const struct record *record, const char *person) {
  size_t i = 0;
  const json_t *approval = NULL;
  json_array_foreach(json_object_get(json_object_get(record->root, "view"), "approvals"), i,
                     approval) {
    if (strcmp(json_text_of(approval, "by"), person) == 0) {
      return true;
    }
  }
  return false;
}

static bool is_holder(const struct record *record, const struct bg_ssh_key *key) {
  struct bg_ssh_key holder;
  const char *line = json_text_of(record->root, "holder");
  return line != NULL && bg_ssh_key_from_line(bg_bytes_of(line), &holder) == BG_OK &&
         memcmp(holder.sha256, key->sha256, sizeof key->sha256) == 0;
}

static enum bg_error add_approval(struct ledger *ledger, struct record *record, const char *person,
                                  const struct bg_ssh_key *key, const json_t *body) {
  char fingerprint[BG_FINGERPRINT_SIZE];
  json_t *value = json_object_get(body, "signature");
  bg_ssh_key_fingerprint(key, fingerprint);
  (void)json_array_append_new(
      json_object_get(json_object_get(record->root, "view"), "approvals"),
      json_pack("{s:s, s:I}", "by", person, "at", (json_int_t)bg_clock_now()));
  (void)json_array_append_new(json_object_get(record->root, "signatures"),
                              json_pack("{s:s, s:O, s:O}", "by", person, "key",
                                        json_object_get(body, "key"), "value", value));
  return append_entry(ledger, "approval",
                      json_pack("{s:s, s:s, s:s, s:O}", "request", record->id, "by", person, "key",
                                fingerprint, "signature", value));
}

static enum bg_error issue(struct desk *desk, struct ledger *ledger, struct job *job,
                           struct record *record) {
  struct issued issued = {0};
  enum bg_error err = recheck(desk, job, record);
  if (err == BG_OK) {
    err = issue_read(record, &issued);
  }
  if (err == BG_OK) {
    err = issue_sign(desk, json_text_of(record->root, "holder"),
                     json_object_get(record->root, "signatures"), &issued);
  }
  if (err == BG_OK) {
    err = issue_write(desk, ledger, job, record, &issued);
  }
  issued_free(&issued);
  return err;
}

static enum bg_error count_in(struct desk *desk, struct ledger *ledger, struct job *job,
                              struct record *record, const char *person,
                              const struct bg_ssh_key *key) {
  const unsigned before = record_count(record, desk->book.issuing);
  enum bg_error err = add_approval(ledger, record, person, key, job->body_read);
  const unsigned after = record_count(record, desk->book.issuing);
  if (err == BG_OK && after >= before) { /* a token has room for those that it needs */
    return job_refuse(job, 409, "conflict", "enough have approved for %s: it waits for others",
                      person);
  }
  if (err == BG_OK && after == 0) {
    err = issue(desk, ledger, job, record);
  }
  return err == BG_OK ? record_put(ledger, record) : err;
}

/* Who has approved stays one who has: a second signature of theirs changes nothing. */
static enum bg_error take_approval(struct desk *desk, struct ledger *ledger, struct job *job,
                                   struct record *record, const char *person,
                                   const struct bg_ssh_key *key) {
  enum bg_error err = BG_OK;
  record_drop_untrusted(record, &desk->book.signers);
  if (!has_approved(record, person)) {
    err = count_in(desk, ledger, job, record, person, key);
  }
  return err == BG_OK ? job_answer(job, 200, record_view(record, bg_clock_now())) : err;
}

struct approval { /* as it was sent */
  struct bg_ssh_key key;
  struct bg_bytes value;
  uint8_t bytes[BG_SIGNATURE_MAX];
};

static bool read_approval(const json_t *body, struct approval *ret_approval) {
  const char *line = json_text_of(body, "key");
  return has_members(body, 2) && line != NULL &&
         bg_ssh_key_from_line(bg_bytes_of(line), &ret_approval->key) == BG_OK &&
         ret_approval->key.type != BG_SSH_OTHER &&
         json_read_base64url(json_object_get(body, "signature"), ret_approval->bytes,
                             sizeof ret_approval->bytes, &ret_approval->value) == BG_OK;
}

static enum bg_error judge_approval(struct desk *desk, struct ledger *ledger, struct job *job,
                                    struct record *record) {
  struct approval approval;
  if (!read_approval(job->body_read, &approval)) {
    return job_refuse(job, 400, "bad-request", BAD_APPROVAL);
  }
  const struct bg_ssh_key key = approval.key;
  const struct bg_bytes value = approval.value;
  const char *person = caller_principal(&desk->book.signers, &key, BG_ROLE_APPROVER, NULL);
  if (person == NULL) {
    DESK_COUNT(desk, unauthorised);
    return job_refuse(job, 401, "unknown-key", UNKNOWN_APPROVER);
  }
  if (!record_is_signed(record, &key, value)) {
    DESK_COUNT(desk, unauthorised);
    return job_refuse(job, 401, "bad-signature", BAD_SIGNATURE);
  }
  if (!record_is_open(record, bg_clock_now())) {
    return refuse_closed(job, record);
  }
  if (strcmp(person, record->subject) == 0 || is_holder(record, &key)) {
    return job_refuse(job, 403, "not-allowed", "nobody approves their own request");
  }
  if (!is_asked(desk, record, person)) {
    return job_refuse(job, 403, "not-allowed", "this request waits for others than %s", person);
  }
  return take_approval(desk, ledger, job, record, person, &key);
}

static enum bg_error run_approval(struct desk *desk, struct ledger *ledger, struct job *job) {
  struct record record;
  enum bg_error err = load(ledger, job, &record);
  if (err == BG_OK) {
    (void)pthread_rwlock_rdlock(&desk->book_lock);
    err = judge_approval(desk, ledger, job, &record);
    (void)pthread_rwlock_unlock(&desk->book_lock);
    record_free(&record);
  }
  return err;
}

static bool take_reason(const json_t *body, const char **ret_reason) {
  const char *reason = json_text_of(body, "reason");
  if (!has_members(body, 1) || reason == NULL || reason[0] == '\0' ||
      strlen(reason) > BG_REASON_MAX || !bg_text_is_clean(bg_bytes_of(reason))) {
    return false;
  }
  *ret_reason = reason;
  return true;
}

static enum bg_error deny(struct desk *desk, struct ledger *ledger, struct job *job,
                          struct record *record) {
  const char *reason = NULL;
  const char *person = job->caller.name;
  if (!record_is_open(record, bg_clock_now())) {
    return refuse_closed(job, record);
  }
  if (!take_reason(job->body_read, &reason)) {
    return job_refuse(job, 400, "bad-request", "a denial has a reason of 1 to %d bytes",
                      BG_REASON_MAX);
  }
  if (!is_asked(desk, record, person)) {
    return job_refuse(job, 403, "not-allowed", "this request waits for others than %s", person);
  }
  record->state = LEDGER_DENIED;
  (void)json_object_set_new(json_object_get(record->root, "view"), "denial",
                            json_pack("{s:s, s:I, s:s}", "by", person, "at",
                                      (json_int_t)bg_clock_now(), "reason", reason));
  enum bg_error err =
      append_entry(ledger, "denial",
                   json_pack("{s:s, s:s, s:s, s:o}", "request", record->id, "by", person, "reason",
                             reason, "call", record_call(&job->caller)));
  if (err == BG_OK) {
    err = record_put(ledger, record);
  }
  if (err == BG_OK) {
    DESK_COUNT(desk, denied);
    err = job_answer(job, 200, record_view(record, bg_clock_now()));
  }
  return err;
}

static enum bg_error run_denial(struct desk *desk, struct ledger *ledger, struct job *job) {
  struct record record;
  enum bg_error err = load(ledger, job, &record);
  if (err == BG_OK) {
    (void)pthread_rwlock_rdlock(&desk->book_lock);
    err = deny(desk, ledger, job, &record);
    (void)pthread_rwlock_unlock(&desk->book_lock);
    record_free(&record);
  }
  return err;
}

static struct job *new_job(struct http_exchange *exchange) {
  struct job *job = calloc(1, sizeof *job);
  if (job == NULL) {
    http_problem(exchange, 503, "unavailable", NULL);
    return NULL;
  }
  job->exchange = exchange;
  return job;
}

static bool take_body(struct job *job) {
  job->body_read = json_read(http_body(job->exchange));
  if (job->body_read == NULL) {
    http_problem(job->exchange, 400, "bad-request", "the body must be one JSON object");
  }
  return job->body_read != NULL;
}

static bool is_signed(struct desk *desk, const struct job *job, const struct approval *approval) {
  struct record record;
  struct ledger *ledger = readers_take(&desk->readers);
  enum bg_error err = record_load(ledger, job->id, &record);
  readers_give(&desk->readers, ledger);
  bool good = err == BG_OK && record_is_signed(&record, &approval->key, approval->value);
  record_free(&record);
  return good;
}

/* Who has no approver's key neither reaches the writer nor learns which requests there are. */
static bool is_from_approver(struct desk *desk, struct job *job) {
  struct approval approval;
  if (!read_approval(job->body_read, &approval)) {
    http_problem(job->exchange, 400, "bad-request", BAD_APPROVAL);
    return false;
  }
  (void)pthread_rwlock_rdlock(&desk->book_lock);
  bool known = caller_principal(&desk->book.signers, &approval.key, BG_ROLE_APPROVER, NULL) != NULL;
  (void)pthread_rwlock_unlock(&desk->book_lock);
  if (known && is_signed(desk, job, &approval)) {
    return true;
  }
  DESK_COUNT(desk, unauthorised);
  http_problem(job->exchange, 401, known ? "bad-signature" : "unknown-key",
               known ? BAD_SIGNATURE : UNKNOWN_APPROVER);
  return false;
}

void post_approval(struct http_exchange *exchange, void *context) {
  struct desk *desk = context;
  struct job *job = new_job(exchange);
  if (job == NULL) {
    return;
  }
  job->run = run_approval;
  if (take_id(exchange, job->id) && take_body(job) && is_from_approver(desk, job)) {
    writer_submit(desk->writer, job);
  } else {
    job_free(job);
  }
}

void post_denial(struct http_exchange *exchange, void *context) {
  struct desk *desk = context;
  struct job *job = new_job(exchange);
  if (job == NULL) {
    return;
  }
  job->run = run_denial;
  if (caller_identify(desk, exchange, BG_NAMESPACE_DENY, BG_ROLE_APPROVER, &job->caller) &&
      take_id(exchange, job->id) && take_body(job)) {
    writer_submit(desk->writer, job);
  } else {
    job_free(job);
  }
}
