/* SPDX-License-Identifier: BSD-2-Clause */
/* The one thread that writes. What has come in meanwhile shares one commit; nothing is answered
 * before it. */
#include <config.h>

#include "writer.h"

#include "reads.h"
#include "revocation_list.h"

#include <errno.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "breakglass/host_clock.h"
#include "breakglass/json_write.h"

#ifndef BATCH_MAX /* the benchmark sets one against it that commits each job alone */
#define BATCH_MAX 256
#endif
#define WATCHES_MAX 4096
#define WATCHES_OF_ONE 32 /* each is looked at with every commit */
#define REPLY_KEPT 86400  /* seconds */
#define FORGET_EACH 60    /* seconds */
#define CURSORS_EACH 1    /* seconds */

struct writer {
  struct desk *desk;
  struct ledger *ledger;
  pthread_t thread;
  pthread_mutex_t mutex;
  pthread_cond_t work;
  struct job *first, **last; /* what came in, in order */
  bool stopping;
  bool healthy;
  struct job *watches; /* the thread's own */
  size_t watch_count;
  int64_t forget_at;
  int64_t cursors_at;  /* when those of the leases are next written */
  bool cursors_failed; /* and it was said */
};

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
  if (reply->time < bg_clock_now() - REPLY_KEPT) {
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

static bool is_signed_call(const struct job *job) {
  return job->caller.name[0] != '\0' && !job->watches;
}

static bool has_key(const struct job *job) {
  return is_signed_call(job) && job->caller.call.idempotency_key.len > 0;
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

/* Of all jobs before the first is run: whether they are new, and what was answered to them before.
 */
static enum bg_error ask(struct ledger *ledger, struct job *jobs) {
  enum bg_error err = BG_OK;
  for (struct job *job = jobs; err == BG_OK && job != NULL; job = job->next) {
    const struct caller *caller = &job->caller;
    if (is_signed_call(job)) {
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
static enum bg_error look_up(struct ledger *ledger, struct job *job) {
  char key[BG_IDEMPOTENCY_MAX + 1];
  if (job->is_again) {
    key_of(job, key);
    return ledger_reply_get(ledger, job->caller.name, key, set_given, job);
  }
  return job->given.err;
}

static enum bg_error keep_reply(struct ledger *ledger, const struct job *job) {
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

static enum bg_error run_step(struct writer *writer, struct job *job) {
  enum bg_error err = ledger_step_begin(writer->ledger);
  if (err != BG_OK) {
    return err;
  }
  err = job->run(writer->desk, writer->ledger, job);
  if (err == BG_OK) {
    err = keep_reply(writer->ledger, job);
  }
  if (err == BG_OK) {
    return ledger_step_keep(writer->ledger);
  }
  enum bg_error undone = ledger_step_undo(writer->ledger);
  if (err != BG_ERR_DENIED) { /* no refusal, but a failure */
    job->status = 0;
    job->broken = err != BG_ERR_IO && err != BG_ERR_BUSY && err != BG_ERR_NOMEM;
    desk_log(writer->desk, "a call by %s about %s failed: %s (%s)",
             job->caller.name[0] != '\0' ? job->caller.name : "an approver",
             job->id[0] != '\0' ? job->id : "a new request", bg_strerror(err),
             ledger_reason(writer->ledger));
  }
  return undone;
}

/* An error is the transaction's, not the job's. */
static enum bg_error run_job(struct writer *writer, struct job *job) {
  if (is_signed_call(job) && !job->is_new) {
    DESK_COUNT(writer->desk, unauthorised);
    (void)job_refuse(job, 401, "replayed", "this call was made before");
    return BG_OK;
  }
  enum bg_error err = look_up(writer->ledger, job);
  if (err != BG_OK && err != BG_ERR_NOT_FOUND) {
    return err;
  }
  const bool answered = err == BG_OK && (job->status != 0 || job->code != NULL);
  return answered ? BG_OK : run_step(writer, job);
}

static void forget_answers(struct job *jobs) {
  for (; jobs != NULL; jobs = jobs->next) {
    jobs->status = 0;
  }
}

static void set_health(struct writer *writer, bool healthy) {
  (void)pthread_mutex_lock(&writer->mutex);
  writer->healthy = healthy;
  (void)pthread_mutex_unlock(&writer->mutex);
}

static void tell_cursors(struct writer *writer, enum bg_error err) {
  if (!writer->cursors_failed) {
    desk_log(writer->desk, "how far the leases are cannot be written down: %s (%s)",
             bg_strerror(err), ledger_reason(writer->ledger));
  }
  writer->cursors_failed = true;
}

/* How far the leases are, which is none of the batch's: it is a step of its own, before and after
 * which all is settled, so that its failure is undone alone. An error is the transaction's. */
static enum bg_error put_cursors(struct writer *writer, bool *ret_put) {
  *ret_put = false;
  if (bg_clock_boottime() < writer->cursors_at || !leases_owe_cursors(writer->desk->leases)) {
    return BG_OK;
  }
  writer->cursors_at = bg_clock_boottime() + CURSORS_EACH;
  enum bg_error err = ledger_settle(writer->ledger);
  if (err == BG_OK) {
    err = ledger_step_begin(writer->ledger);
  }
  if (err != BG_OK) {
    return err;
  }
  err = leases_put_cursors(writer->desk->leases, writer->ledger);
  if (err == BG_OK) {
    err = ledger_settle(writer->ledger);
  }
  if (err != BG_OK) {
    tell_cursors(writer, err);
    return ledger_step_undo(writer->ledger);
  }
  *ret_put = true;
  return ledger_step_keep(writer->ledger);
}

static enum bg_error commit(struct writer *writer) {
  bool put = false;
  enum bg_error err = put_cursors(writer, &put);
  if (err != BG_OK) {
    ledger_rollback(writer->ledger);
    return err;
  }
  err = ledger_commit(writer->ledger);
  if (err == BG_OK && put) {
    writer->cursors_failed = false;
    leases_cursors_kept(writer->desk->leases);
  }
  return err;
}

/* All or nothing: where the commit fails, nobody was answered. */
static void run_batch(struct writer *writer, struct job *jobs) {
  enum bg_error err = ledger_begin(writer->ledger);
  if (err == BG_OK) {
    err = ask(writer->ledger, jobs);
  }
  for (struct job *job = jobs; err == BG_OK && job != NULL; job = job->next) {
    err = run_job(writer, job);
  }
  if (err == BG_OK) {
    err = commit(writer);
  } else {
    ledger_rollback(writer->ledger);
  }
  set_health(writer, err == BG_OK);
  if (err != BG_OK) {
    DESK_COUNT(writer->desk, failures);
    desk_log(writer->desk, "the ledger takes nothing: %s (%s)", bg_strerror(err),
             ledger_reason(writer->ledger));
    forget_answers(jobs);
  }
}

static size_t watches_of(const struct writer *writer, const char *name) {
  size_t count = 0;
  for (const struct job *job = writer->watches; job != NULL; job = job->next) {
    count += strcmp(job->caller.name, name) == 0;
  }
  return count;
}

static void watch(struct writer *writer, struct job *job) {
  if (writer->watch_count == WATCHES_MAX ||
      watches_of(writer, job->caller.name) == WATCHES_OF_ONE) {
    job_finish(job); /* with what it shows now */
    return;
  }
  job->next = writer->watches;
  writer->watches = job;
  writer->watch_count++;
}

static void answer(struct writer *writer, struct job *jobs) {
  while (jobs != NULL) {
    struct job *next = jobs->next;
    if (jobs->watches && jobs->status == 200 && jobs->deadline > bg_clock_boottime()) {
      watch(writer, jobs);
    } else {
      job_finish(jobs);
    }
    jobs = next;
  }
}

/* Other services may write, too: so all are looked at, not just what was written here. */
static void look_at_watches(struct writer *writer, bool all) {
  const int64_t now = bg_clock_boottime();
  for (struct job **at = &writer->watches; *at != NULL;) {
    struct job *job = *at;
    uint8_t shown[sizeof job->shown];
    memcpy(shown, job->shown, sizeof shown);
    enum bg_error err = run_watch(writer->desk, writer->ledger, job);
    if (!all && err == BG_OK && now < job->deadline &&
        memcmp(shown, job->shown, sizeof shown) == 0) {
      at = &job->next;
      continue;
    }
    *at = job->next;
    writer->watch_count--;
    job_finish(job);
  }
}

/* Once a minute, and as a transaction of its own: nobody waits for it. */
static void forget(struct writer *writer) {
  const int64_t now = bg_clock_now();
  if (writer->forget_at > bg_clock_boottime()) {
    return;
  }
  writer->forget_at = bg_clock_boottime() + FORGET_EACH;
  if (ledger_begin(writer->ledger) != BG_OK) {
    return;
  }
  if (ledger_forget(writer->ledger, now - INT64_C(2) * BG_CALL_SKEW - 1, now - REPLY_KEPT) !=
          BG_OK ||
      ledger_commit(writer->ledger) != BG_OK) {
    ledger_rollback(writer->ledger);
  }
}

/* Who looks at the health may keep calls away until it is well: so it is tried without one, with a
 * nonce that nobody uses. */
static void try_again(struct writer *writer) {
  const uint8_t nobody[BG_SHA256_SIZE] = {0};
  uint8_t nonce[BG_CALL_NONCE_SIZE];
  if (writer_is_healthy(writer) || ledger_begin(writer->ledger) != BG_OK) {
    return;
  }
  randombytes_buf(nonce, sizeof nonce);
  if (ledger_nonce_add(writer->ledger, nobody, nonce, bg_clock_now()) != BG_OK) {
    ledger_rollback(writer->ledger);
  } else if (ledger_commit(writer->ledger) == BG_OK) {
    set_health(writer, true);
    desk_log(writer->desk, "the ledger takes entries again");
  }
}

/* With nothing else to write, which was so for a second. */
static void keep_cursors(struct writer *writer) {
  writer->cursors_at = 0;
  if (!leases_owe_cursors(writer->desk->leases) || !writer_is_healthy(writer)) {
    return;
  }
  enum bg_error err = ledger_begin(writer->ledger);
  if (err == BG_OK) {
    err = commit(writer);
  }
  if (err != BG_OK) {
    tell_cursors(writer, err);
  }
}

/* At most BATCH_MAX jobs in their order, after a second at most; the whole rest once it stops. */
static struct job *take_jobs(struct writer *writer, bool *ret_stopping) {
  struct timespec until;
  (void)clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_sec++;
  (void)pthread_mutex_lock(&writer->mutex);
  int timed_out = 0;
  while (writer->first == NULL && !writer->stopping && timed_out == 0) {
    timed_out = pthread_cond_timedwait(&writer->work, &writer->mutex, &until);
  }
  struct job *jobs = writer->first;
  struct job **end = &jobs;
  for (size_t i = 0; i < BATCH_MAX && *end != NULL; i++) {
    end = &(*end)->next;
  }
  writer->first = *end;
  if (writer->first == NULL) {
    writer->last = &writer->first;
  }
  *end = NULL;
  *ret_stopping = writer->stopping && jobs == NULL;
  (void)pthread_mutex_unlock(&writer->mutex);
  return jobs;
}

/* What is answered as revoked is in force here, and stands in the list that hosts get. */
static void renew_revocations(struct writer *writer, struct job *jobs) {
  bool changed = false;
  for (const struct job *job = jobs; job != NULL; job = job->next) {
    changed = changed || (job->revokes && job->status == 201);
  }
  if (revoked_renew(writer->desk, writer->ledger, changed)) {
    return;
  }
  for (struct job *job = jobs; job != NULL; job = job->next) {
    if (job->revokes && job->status == 201) {
      (void)job_refuse(job, 503, "unavailable",
                       "it is written down, but hosts do not get to know it, since the revocation "
                       "list cannot be made now: revoke it again in a minute");
    }
  }
}

static void *run(void *context) {
  struct writer *writer = context;
  for (bool stopping = false; !stopping;) {
    struct job *jobs = take_jobs(writer, &stopping);
    if (jobs != NULL) {
      run_batch(writer, jobs);
      renew_revocations(writer, jobs);
      answer(writer, jobs);
    } else {
      try_again(writer);
      renew_revocations(writer, NULL);
      keep_cursors(writer);
    }
    forget(writer);
    look_at_watches(writer, stopping);
  }
  return NULL;
}

static bool init_locks(struct writer *writer) {
  pthread_condattr_t attributes;
  if (pthread_condattr_init(&attributes) != 0) {
    return false;
  }
  bool done = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
              pthread_cond_init(&writer->work, &attributes) == 0 &&
              pthread_mutex_init(&writer->mutex, NULL) == 0;
  (void)pthread_condattr_destroy(&attributes);
  return done;
}

struct writer *writer_start(struct desk *desk, struct ledger *ledger) {
  struct writer *writer = calloc(1, sizeof *writer);
  if (writer == NULL) {
    return NULL;
  }
  writer->desk = desk;
  writer->ledger = ledger;
  writer->last = &writer->first;
  writer->healthy = true;
  if (!init_locks(writer) || pthread_create(&writer->thread, NULL, run, writer) != 0) {
    free(writer);
    return NULL;
  }
  return writer;
}

void writer_submit(struct writer *writer, struct job *job) {
  http_defer(job->exchange);
  job->next = NULL;
  (void)pthread_mutex_lock(&writer->mutex);
  bool stopping = writer->stopping;
  if (!stopping) {
    *writer->last = job;
    writer->last = &job->next;
    (void)pthread_cond_signal(&writer->work);
  }
  (void)pthread_mutex_unlock(&writer->mutex);
  if (stopping) {
    job_finish(job); /* unavailable */
  }
}

bool writer_is_healthy(struct writer *writer) {
  (void)pthread_mutex_lock(&writer->mutex);
  bool healthy = writer->healthy && !writer->stopping;
  (void)pthread_mutex_unlock(&writer->mutex);
  return healthy;
}

void writer_stop(struct writer *writer) {
  (void)pthread_mutex_lock(&writer->mutex);
  bool first = !writer->stopping;
  writer->stopping = true;
  (void)pthread_cond_signal(&writer->work);
  (void)pthread_mutex_unlock(&writer->mutex);
  if (first) {
    (void)pthread_join(writer->thread, NULL);
  }
}

void writer_free(struct writer *writer) {
  if (writer != NULL) {
    writer_stop(writer);
    ledger_close(writer->ledger);
    free(writer);
  }
}
