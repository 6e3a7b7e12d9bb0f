/* SPDX-License-Identifier: BSD-2-Clause */
/* POST /v1/requests */
#include <config.h>

#include "issue.h"
#include "request.h"
#include "request_text.h"
#include "revocation_list.h"
#include "routes.h"
#include "writer.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/host_clock.h"

/* What the request becomes, worked out, signed and put into words on the thread that read it: the
 * writer, who is one for all, only writes it down. Nothing of it leaves before that. */
struct draft {
  enum bg_error err; /* refused: the job's answer is set */
  struct bg_issuing_decision decision;
  struct record record; /* without its root */
  struct issued issued; /* what is signed; signed at once if nobody has to approve */
  struct request_text text;
};

void draft_free(struct draft *draft) {
  if (draft != NULL) {
    record_free(&draft->record);
    issued_free(&draft->issued);
    request_text_free(&draft->text);
    free(draft);
  }
}

struct bg_issuing_wish wish_of(const char *subject, const struct bg_ask *ask, int64_t now) {
  return (struct bg_issuing_wish){.subject = subject,
                                  .hosts = ask->hosts,
                                  .host_count = ask->host_count,
                                  .group = ask->group[0] != '\0' ? ask->group : NULL,
                                  .login = ask->login,
                                  .reason = ask->reason,
                                  .window = ask->window,
                                  .longest = ask->longest,
                                  .level = ask->level,
                                  .console = ask->console,
                                  .at = now};
}

/* A holder key that is trusted for somebody else would make the token self-approved on the host. */
static bool is_holder_ones_own(const struct desk *desk, const struct job *job,
                               const struct bg_ask *ask) {
  const char *principal = bg_trusted_signers_principal(&desk->book.signers, ask->holder.sha256);
  return principal == NULL || strcmp(principal, job->caller.name) == 0;
}

/* Now, and not after the last approval. */
static bool is_holder_certifiable(const struct desk *desk, const struct bg_ask *ask) {
  uint8_t bytes[BG_SSH_KEY_MAX];
  struct bg_buf blob = BG_BUF(bytes);
  return desk->ca == NULL || (bg_ssh_key_line_blob(bg_bytes_of(ask->holder_line), &blob) == BG_OK &&
                              bg_certify_takes(bg_buf_view(&blob)));
}

static bool put_audiences(struct bg_claims *claims, const struct bg_issuing_decision *decision) {
  for (size_t i = 0; i < decision->host_count; i++) {
    struct bg_buf text = {.data = (uint8_t *)claims->audiences[i], .cap = BG_NAME_SIZE};
    bg_buf_printf(&text, HOST_PREFIX "%s", decision->hosts[i]);
    if (text.failed) {
      return false;
    }
  }
  claims->audience_count = decision->host_count;
  return true;
}

static bool fill_claims(const struct desk *desk, const struct job *job, const struct bg_ask *ask,
                        const struct bg_issuing_decision *decision, int64_t now,
                        struct bg_claims *claims) {
  *claims = (struct bg_claims){.issued_at = now,
                               .not_before = now,
                               .expires = now + decision->approval_wait + ask->window,
                               .has_holder = !ask->console,
                               .has_nonce = ask->has_nonce,
                               .longest = ask->longest,
                               .level = decision->level,
                               .source_count = ask->source_count};
  bg_text_fit(sizeof claims->issuer, claims->issuer, desk->settings.name);
  bg_text_fit(sizeof claims->subject, claims->subject, job->caller.name);
  bg_text_fit(sizeof claims->login, claims->login, ask->login);
  bg_text_fit(sizeof claims->reason, claims->reason, ask->reason);
  memcpy(claims->holder, ask->holder.sha256, sizeof claims->holder);
  memcpy(claims->nonce, ask->nonce, sizeof claims->nonce);
  memcpy(claims->sources, ask->sources, sizeof claims->sources);
  randombytes_buf(claims->id, sizeof claims->id);
  return put_audiences(claims, decision);
}

/* Whether a token of these claims has room for as many signatures as the rule wants, each of a
 * hardware key. */
static bool has_room(struct bg_bytes payload, const struct bg_issuing_decision *decision) {
  static const uint8_t value[BG_SIGNATURE_MAX];
  struct bg_signature signatures[BG_SIGNATURES_MAX] = {0};
  uint8_t bytes[32];
  struct bg_buf protected = BG_BUF(bytes);
  struct bg_ssh_key key = {.type = BG_SSH_SK_ED25519};
  char text[BG_TOKEN_TEXT_MAX + 1];
  size_t count = 1;
  for (size_t i = 0; i < decision->need_count; i++) {
    count += decision->needs[i].count;
  }
  if (count > BG_SIGNATURES_MAX || bg_token_protected(&key, &protected) != BG_OK) {
    return false;
  }
  for (size_t i = 0; i < count; i++) {
    signatures[i] = (struct bg_signature){.protected = bg_buf_view(&protected),
                                          .value = bg_bytes(value, sizeof value),
                                          .type = key.type};
  }
  return bg_token_encode(payload, signatures, count, text) == BG_OK;
}

static void fill_record(const struct bg_claims *claims, const struct bg_issuing_decision *decision,
                        struct record *record) {
  record->state = LEDGER_WAITING;
  record->created = claims->issued_at;
  record->approve_by = claims->issued_at + decision->approval_wait;
  record->expires = claims->expires;
  bg_hex(bg_bytes(claims->id, sizeof claims->id), record->id);
  bg_text_fit(sizeof record->subject, record->subject, claims->subject);
}

static enum bg_error draw_up(const struct desk *desk, struct job *job, const struct bg_ask *ask,
                             int64_t now, struct draft *draft) {
  const struct bg_issuing_decision *decision = &draft->decision;
  struct issued *issued = &draft->issued;
  struct bg_buf payload = BG_BUF(issued->bytes);
  if (!fill_claims(desk, job, ask, decision, now, &issued->claims)) {
    return job_refuse(job, 400, "bad-request", "a host's id is too long for a token");
  }
  enum bg_error err = bg_claims_encode(&issued->claims, &payload);
  issued->payload = bg_buf_view(&payload);
  if (err == BG_ERR_TOO_LARGE || (err == BG_OK && !has_room(issued->payload, decision))) {
    return job_refuse(job, 400, "bad-request",
                      "the token would be too long: shorten the reason, or ask for fewer hosts");
  }
  if (err == BG_OK) {
    fill_record(&issued->claims, decision, &draft->record);
  }
  return err;
}

static enum bg_error check_holder(const struct desk *desk, struct job *job,
                                  const struct bg_ask *ask) {
  if (ask->console) {
    return BG_OK;
  }
  if (!is_holder_ones_own(desk, job, ask)) {
    return job_refuse(job, 403, "not-allowed", "the holder key is known as another person's");
  }
  enum bg_error err = revoked_check_holder(desk, ask->holder.sha256);
  if (err == BG_REFUSED_REVOKED) {
    return job_refuse(job, 403, "not-allowed", "the holder key is revoked");
  }
  if (err == BG_OK && !is_holder_certifiable(desk, ask)) {
    return job_refuse(job, 400, "bad-request",
                      "holder: SSH has no certificates for this key; take an ed25519 one");
  }
  return err;
}

static enum bg_error decide(struct desk *desk, struct job *job, const struct bg_ask *ask,
                            struct draft *draft) {
  const int64_t now = bg_clock_now();
  const struct bg_issuing_wish wish = wish_of(job->caller.name, ask, now);
  char why[sizeof job->detail];
  enum bg_error err = check_holder(desk, job, ask);
  if (err != BG_OK) {
    return err;
  }
  err = bg_issuing_decide(desk->book.issuing, &wish, &draft->decision, sizeof why, why);
  if (err == BG_ERR_DENIED || err == BG_ERR_RANGE) {
    DESK_COUNT(desk, refused);
    return job_refuse(job, 403, "refused-by-rules", "%s", why);
  }
  return err == BG_OK ? draw_up(desk, job, ask, now, draft) : err;
}

static enum bg_error refuse_too_large(struct job *job) {
  return job_refuse(job, 413, "too-large", "the request does not fit into the ledger: shorten it");
}

/* All that is written down, and answered once that is done. */
static enum bg_error put_into_words(struct job *job, const struct bg_ask *ask,
                                    struct draft *draft) {
  struct record record = draft->record;
  record.state = draft->issued.answer != NULL ? LEDGER_ISSUED : LEDGER_WAITING;
  enum bg_error err = request_text_write(&job->caller, ask, &draft->decision, draft->issued.payload,
                                         &record, &draft->text);
  return err == BG_ERR_TOO_LARGE ? refuse_too_large(job) : err;
}

static void prepare(struct desk *desk, struct job *job, const struct bg_ask *ask) {
  struct draft *draft = job->draft;
  (void)pthread_rwlock_rdlock(&desk->book_lock);
  draft->err = decide(desk, job, ask, draft);
  (void)pthread_rwlock_unlock(&desk->book_lock);
  if (draft->err == BG_OK && draft->decision.need_count == 0) {
    draft->err = issue_sign(desk, ask->console ? NULL : ask->holder_line, NULL, &draft->issued);
  }
  if (draft->err == BG_OK) {
    draft->err = put_into_words(job, ask, draft);
  }
}

static enum bg_error write_down(struct desk *desk, struct ledger *ledger, struct job *job,
                                struct draft *draft) {
  struct record *record = &draft->record;
  enum bg_error err = append_text(ledger, "request", draft->text.entry);
  if (err == BG_ERR_TOO_LARGE) {
    return refuse_too_large(job);
  }
  if (err == BG_OK && draft->issued.answer != NULL) {
    err = issue_write(desk, ledger, job, record, &draft->issued);
  }
  if (err == BG_OK) {
    err = record_put_text(ledger, record, draft->text.record);
  }
  if (err == BG_OK) {
    err = job_answer_text(job, 201, draft->text.view);
    draft->text.view = NULL; /* transferred */
  }
  return err;
}

static enum bg_error run_request(struct desk *desk, struct ledger *ledger, struct job *job) {
  DESK_COUNT(desk, requests);
  return job->draft->err == BG_OK ? write_down(desk, ledger, job, job->draft) : job->draft->err;
}

static struct job *new_job(struct http_exchange *exchange) {
  struct job *job = calloc(1, sizeof *job);
  if (job != NULL) {
    job->exchange = exchange;
    job->run = run_request;
    job->draft = calloc(1, sizeof *job->draft);
  }
  return job;
}

void post_request(struct http_exchange *exchange, void *context) {
  struct desk *desk = context;
  struct bg_ask ask;
  struct bg_ask_problem problem;
  struct job *job = new_job(exchange);
  if (job == NULL || job->draft == NULL) {
    http_problem(exchange, 503, "unavailable", NULL);
  } else if (caller_identify(desk, exchange, BG_NAMESPACE_REQUEST, BG_ROLE_REQUESTER,
                             &job->caller)) {
    if (bg_ask_parse(http_body(exchange), &ask, &problem) == BG_OK) {
      prepare(desk, job, &ask);
      writer_submit(desk->writer, job);
      return;
    }
    http_problem(exchange, 400, "bad-request", problem.text);
  }
  job_free(job);
}
