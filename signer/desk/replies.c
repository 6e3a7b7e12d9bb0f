/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "replies.h"

#include <sodium.h>
#include <string.h>

#include "breakglass/host_clock.h"

/* What was asked under an idempotency key: of two calls with the same body, each to its own
 * request, neither is the other's. */
static void hash_of(const struct job *job, uint8_t ret_hash[static LEDGER_HASH_SIZE]) {
  const struct bg_call *call = &job->caller.call;
  crypto_hash_sha256_state state;
  (void)crypto_hash_sha256_init(&state);
  (void)crypto_hash_sha256_update(&state, call->target.data, call->target.len);
  (void)crypto_hash_sha256_update(&state, (const uint8_t *)"\n", 1);
  (void)crypto_hash_sha256_update(&state, call->body.data, call->body.len);
  (void)crypto_hash_sha256_final(&state, ret_hash);
}

static void set_given(void *context, const struct ledger_reply *reply) {
  struct job *job = context;
  uint8_t hash[LEDGER_HASH_SIZE];
  if (reply->time < bg_clock_now() - REPLIES_KEPT) {
    return; /* to be forgotten */
  }
  hash_of(job, hash);
  if (memcmp(hash, reply->body_hash, sizeof hash) != 0) {
    (void)job_refuse(job, 409, "conflict",
                     "this Idempotency-Key was used for something else: take a new one");
    return;
  }
  job->body = strndup((const char *)reply->body.data, reply->body.len);
  job->status = job->body != NULL ? (unsigned)reply->status : 0;
  job->code = NULL;
}

static bool has_key(const struct job *job) {
  return job_is_signed(job) && job->caller.call.idempotency_key.len > 0;
}

static void key_of(const struct job *job, char ret_key[static BG_IDEMPOTENCY_MAX + 1]) {
  const struct bg_bytes key = job->caller.call.idempotency_key;
  memcpy(ret_key, key.data, key.len);
  ret_key[key.len] = '\0';
}

static bool is_same_key(const struct job *a, const struct job *b) {
  return has_key(a) && has_key(b) && strcmp(a->caller.name, b->caller.name) == 0 &&
         bg_bytes_equal(a->caller.call.idempotency_key, b->caller.call.idempotency_key);
}

static enum bg_error ask_reply(struct ledger *ledger, struct job *job, const struct job *jobs) {
  char key[BG_IDEMPOTENCY_MAX + 1];
  if (!has_key(job)) {
    job->given.err = BG_ERR_NOT_FOUND;
    return BG_OK;
  }
  for (const struct job *earlier = jobs; earlier != job && !job->is_again;
       earlier = earlier->next) {
    job->is_again = is_same_key(earlier, job);
  }
  if (job->is_again) { /* it is looked up when its turn comes */
    return BG_OK;
  }
  job->given = (struct ledger_reply_question){.on_reply = set_given, .context = job};
  key_of(job, key);
  return ledger_reply_ask(ledger, job->caller.name, key, &job->given);
}

enum bg_error replies_ask(struct ledger *ledger, struct job *jobs) {
  enum bg_error err = BG_OK;
  for (struct job *job = jobs; err == BG_OK && job != NULL; job = job->next) {
    const struct caller *caller = &job->caller;
    if (job_is_signed(job)) {
      err = ledger_nonce_ask(ledger, caller->key.sha256, caller->call.nonce, caller->call.time,
                             &job->is_new);
    }
    if (err == BG_OK) {
      err = ask_reply(ledger, job, jobs);
    }
  }
  return err == BG_OK ? ledger_settle(ledger) : err;
}

/* What is answered by a job of this batch, none could know before. */
enum bg_error replies_look_up(struct ledger *ledger, struct job *job) {
  char key[BG_IDEMPOTENCY_MAX + 1];
  if (job->is_again) {
    key_of(job, key);
    return ledger_reply_get(ledger, job->caller.name, key, set_given, job);
  }
  return job->given.err;
}

enum bg_error replies_keep(struct ledger *ledger, const struct job *job) {
  struct ledger_reply reply = {.time = bg_clock_now(), .status = job->status};
  if (!has_key(job)) {
    return BG_OK;
  }
  key_of(job, reply.key);
  bg_text_fit(sizeof reply.caller, reply.caller, job->caller.name);
  hash_of(job, reply.body_hash);
  reply.body = bg_bytes_of(job->body);
  return ledger_reply_put(ledger, &reply);
}
