/* SPDX-License-Identifier: BSD-2-Clause */
/* A call that the writer takes over, and its answer. */
#ifndef SIGNER_DESK_JOB_H
#define SIGNER_DESK_JOB_H

#include <jansson.h>

#include "../ledger/ledger.h"
#include "caller.h"

struct job {
  struct job *next;
  struct http_exchange *exchange;
  struct caller caller; /* name empty: the call is not signed */
  /* BG_OK keeps what was written; anything else undoes it. The answer is set in either case, or
   * becomes 503. */
  enum bg_error (*run)(struct desk *desk, struct ledger *ledger, struct job *job);
  struct draft *draft; /* of a new request; NULL for other calls */
  json_t *body_read;   /* JSON of other calls; may be NULL */
  bool revokes;        /* answered only once the list says so */
  bool watches;        /* not answered now: when its request changes, or at the deadline */
  int64_t deadline;
  /* What the ledger knows of the call: asked for a whole batch at once. */
  bool is_new;
  bool is_again; /* its idempotency key stands earlier in the batch */
  struct ledger_reply_question given;
  /* The answer. */
  unsigned status;
  bool broken;      /* not refused, and no failure of the ledger */
  const char *code; /* of a problem */
  char detail[256];
  char *body; /* JSON, heap */
  char id[LEDGER_ID_SIZE];
  uint8_t shown[BG_SHA256_SIZE]; /* of the view that a watcher has seen */
};

void job_free(struct job *job);
/* Whether somebody's key vouches for it, so that it must not come twice. */
bool job_is_signed(const struct job *job);
/* Answers the exchange, and frees the job. */
void job_finish(struct job *job);

/* Sets the job's answer; all return what run() should return. */
enum bg_error job_answer(struct job *job, unsigned status, json_t *body);    /* takes body */
enum bg_error job_answer_text(struct job *job, unsigned status, char *body); /* likewise; JSON */
enum bg_error job_refuse(struct job *job, unsigned status, const char *code, const char *format,
                         ...) __attribute__((format(printf, 4, 5)));

#endif
