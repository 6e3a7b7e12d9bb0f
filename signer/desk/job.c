/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "job.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "breakglass/json_write.h"

#include "request.h"

void job_free(struct job *job) {
  if (job == NULL) {
    return;
  }
  draft_free(job->draft);
  json_decref(job->body_read);
  free(job->body);
  free(job);
}

bool job_is_signed(const struct job *job) {
  return job->caller.name[0] != '\0' && !job->watches;
}

enum bg_error job_answer_text(struct job *job, unsigned status, char *body) {
  free(job->body);
  job->body = body;
  job->status = job->body != NULL ? status : 0;
  job->code = NULL;
  return job->body != NULL ? BG_OK : BG_ERR_NOMEM;
}

enum bg_error job_answer(struct job *job, unsigned status, json_t *body) {
  char *text = json_write(body);
  json_decref(body);
  return job_answer_text(job, status, text);
}

enum bg_error job_refuse(struct job *job, unsigned status, const char *code, const char *format,
                         ...) {
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(job->detail, sizeof job->detail, format, arguments);
  va_end(arguments);
  job->status = status;
  job->code = code;
  return BG_ERR_DENIED;
}

void job_finish(struct job *job) {
  if (job->status == 0) {
    http_problem(job->exchange, job->broken ? 500 : 503, job->broken ? "failed" : "unavailable",
                 job->broken ? "this call fails, and will again: the service's log says why"
                             : "the ledger does not take it now: try again in a minute");
  } else if (job->code != NULL) {
    http_problem(job->exchange, job->status, job->code, job->detail);
  } else {
    http_answer(job->exchange, job->status, "application/json", bg_bytes_of(job->body));
  }
  job_free(job);
}
