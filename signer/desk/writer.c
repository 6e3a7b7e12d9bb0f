/* SPDX-License-Identifier: BSD-2-Clause */
/* The one thread that writes. What has come in meanwhile shares one commit; nothing is answered
 * before it. */
#include <config.h>

#include "writer.h"

#include "replies.h"
#include "revocation_list.h"
#include "watches.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "breakglass/host_clock.h"
#include "breakglass/json_write.h"

#ifndef BATCH_MAX /* the benchmark sets one against it that commits each job alone */
#define BATCH_MAX 256
#endif
#define FORGET_EACH 60 /* seconds */
#define CURSORS_EACH 1 /* seconds */

struct writer {
  struct desk *desk;
  struct ledger *ledger;
  pthread_t thread;
  pthread_mutex_t mutex;
  pthread_cond_t work;
  struct job *first, **last; /* what came in, in order */
  bool stopping;
  bool healthy;
  struct watches watches; /* the thread's own */
  int64_t forget_at;
  int64_t cursors_at;  /* when those of the leases are next written */
  bool cursors_failed; /* and it was said */
};

static void fail(struct writer *writer, struct job *job, enum bg_error err) {
  const bool by_agent = err == BG_ERR_AGENT || err == BG_ERR_AGENT_REFUSED;
  desk_log(writer->desk, "a call by %s about %s failed: %s (%s)",
           job->caller.name[0] != '\0' ? job->caller.name : "an approver",
           job->id[0] != '\0' ? job->id : "a new request", bg_strerror(err),
           by_agent ? "where the service's keys are" : ledger_reason(writer->ledger));
  job->status = 0;
  job->broken = !by_agent && err != BG_ERR_IO && err != BG_ERR_BUSY && err != BG_ERR_NOMEM;
  if (by_agent) {
    (void)job_refuse(job, 503, "unavailable",
                     "the service's own key does not sign now: try again in a minute");
  }
}

static enum bg_error run_step(struct writer *writer, struct job *job) {
  enum bg_error err = ledger_step_begin(writer->ledger);
  if (err != BG_OK) {
    return err;
  }
  err = job->run(writer->desk, writer->ledger, job);
  if (err == BG_OK) {
    err = replies_keep(writer->ledger, job);
  }
  if (err == BG_OK) {
    return ledger_step_keep(writer->ledger);
  }
  enum bg_error undone = ledger_step_undo(writer->ledger);
  if (err != BG_ERR_DENIED) { /* no refusal, but a failure */
    fail(writer, job, err);
  }
  return undone;
}

/* An error is the transaction's, not the job's. */
static enum bg_error run_job(struct writer *writer, struct job *job) {
  if (job_is_signed(job) && !job->is_new) {
    DESK_COUNT(writer->desk, unauthorised);
    (void)job_refuse(job, 401, "replayed", "this call was made before");
    return BG_OK;
  }
  enum bg_error err = replies_look_up(writer->ledger, job);
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
    err = replies_ask(writer->ledger, jobs);
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

static void answer(struct writer *writer, struct job *jobs) {
  while (jobs != NULL) {
    struct job *next = jobs->next;
    if (jobs->watches && jobs->status == 200 && jobs->deadline > bg_clock_boottime()) {
      watches_add(&writer->watches, jobs);
    } else {
      job_finish(jobs);
    }
    jobs = next;
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
  if (ledger_forget(writer->ledger, now - INT64_C(2) * BG_CALL_SKEW - 1, now - REPLIES_KEPT) !=
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
      if (!stopping) {
        try_again(writer);
      }
      renew_revocations(writer, NULL);
      keep_cursors(writer);
    }
    forget(writer);
    watches_look(&writer->watches, writer->desk, writer->ledger, stopping);
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
