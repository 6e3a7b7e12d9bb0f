/* SPDX-License-Identifier: BSD-2-Clause */
/* POST /v1/revocations: a token, a holder's key, or an approver's. */
#include <config.h>

#include "record.h"
#include "revocation_list.h"
#include "revocation_rows.h"
#include "routes.h"
#include "writer.h"

#include <stdlib.h>
#include <string.h>

#include "breakglass/host_clock.h"
#include "breakglass/json_read.h"

#define SKEW 300             /* of hosts' clocks, at most */
#define CHALLENGE_LIFE 7200  /* seconds in which a host takes a token for its challenge */
#define UNKNOWN_KEPT 2592000 /* seconds: of a token that was made elsewhere */

/* What is to be revoked, as the body says. */
struct wish {
  const char *kind;
  const char *reason;
  uint8_t value[BG_SHA256_SIZE]; /* an id has 16 of them */
  char hex[2 * BG_SHA256_SIZE + 1];
  uint8_t signature_bytes[BG_SIGNATURE_MAX];
  struct bg_bytes signature; /* of an approver's key */
};

static bool read_value(const char *text, size_t len, struct wish *wish) {
  if (text == NULL || bg_parse_hex(bg_bytes_of(text), len, wish->value) != BG_OK) {
    return false;
  }
  bg_hex(bg_bytes(wish->value, len), wish->hex);
  return true;
}

static bool is_reason(const char *text) {
  return text != NULL && *text != '\0' && strlen(text) <= BG_REASON_MAX &&
         bg_text_is_clean(bg_bytes_of(text));
}

static bool read_wish(const json_t *body, struct wish *ret_wish) {
  static const struct {
    const char *kind;
    size_t len;
    size_t members;
  } kinds[] = {
      {REVOKES_TOKEN, BG_TOKEN_ID_SIZE, 3},
      {REVOKES_HOLDER, BG_SHA256_SIZE, 3},
      {REVOKES_APPROVER, BG_SHA256_SIZE, 4},
  };
  const char *kind = json_text_of(body, "revokes");
  *ret_wish = (struct wish){.reason = json_text_of(body, "reason")};
  for (size_t i = 0; kind != NULL && i < sizeof kinds / sizeof kinds[0]; i++) {
    if (strcmp(kind, kinds[i].kind) == 0) {
      ret_wish->kind = kinds[i].kind;
      return json_is_object(body) && json_object_size(body) == kinds[i].members &&
             is_reason(ret_wish->reason) &&
             read_value(json_text_of(body, "value"), kinds[i].len, ret_wish) &&
             (kinds[i].members == 3 ||
              json_read_base64url(json_object_get(body, "signature"), ret_wish->signature_bytes,
                                  sizeof ret_wish->signature_bytes, &ret_wish->signature) == BG_OK);
    }
  }
  return false;
}

static bool is_approver(const struct wish *wish) {
  return strcmp(wish->kind, REVOKES_APPROVER) == 0;
}

static bool is_issuers(const struct bg_trusted_signers *signers, const uint8_t *sha256) {
  for (size_t i = 0; i < signers->count; i++) {
    if (signers->keys[i].role == BG_ROLE_ISSUER &&
        memcmp(signers->keys[i].key.sha256, sha256, BG_SHA256_SIZE) == 0) {
      return true;
    }
  }
  return false;
}

static bool is_signed(const struct caller *caller, const struct wish *wish) {
  uint8_t header[32];
  struct bg_buf protected = BG_BUF(header);
  if (bg_token_protected(&caller->key, &protected) != BG_OK) {
    return false;
  }
  const struct bg_signature signature = {
      .protected = bg_buf_view(&protected), .value = wish->signature, .type = caller->key.type};
  return bg_revoke_key_is_signed(&signature, &caller->key, wish->value);
}

/* Two approvers do this, neither of them the key's owner. */
static enum bg_error judge_approver(struct desk *desk, struct job *job, const struct wish *wish) {
  const struct bg_trusted_signers *signers = &desk->book.signers;
  const char *owner = bg_trusted_signers_principal(signers, wish->value);
  if ((job->caller.roles & BG_ROLE_APPROVER) == 0) {
    return job_refuse(job, 403, "not-allowed", "an approver's key is revoked by other approvers");
  }
  if (is_issuers(signers, wish->value)) {
    return job_refuse(job, 403, "not-allowed",
                      "an issuer's key is taken out of trusted_signers, not revoked");
  }
  if (owner != NULL && strcmp(owner, job->caller.name) == 0) {
    return job_refuse(job, 403, "not-allowed", "nobody revokes their own key: ask two others");
  }
  if (!is_signed(&job->caller, wish)) {
    DESK_COUNT(desk, unauthorised);
    return job_refuse(job, 401, "bad-signature", "the signature is not one of this key");
  }
  return BG_OK;
}

/* What cannot be read is taken for one. */
static bool answers_challenge(const struct record *record) {
  uint8_t bytes[BG_TOKEN_BYTES_MAX];
  struct bg_bytes payload;
  struct bg_claims claims;
  return record_payload(record, bytes, sizeof bytes, &payload) != BG_OK ||
         bg_claims_decode(payload, &claims) != BG_OK || claims.has_nonce;
}

/* As long as a host might take it: one that answers a challenge whatever its clock says. */
static enum bg_error token_until(struct ledger *ledger, const struct wish *wish,
                                 int64_t *ret_until) {
  struct record record;
  const int64_t now = bg_clock_now();
  enum bg_error err = record_load(ledger, wish->hex, &record);
  if (err == BG_OK) {
    const int64_t answered = answers_challenge(&record) ? now + CHALLENGE_LIFE : 0;
    *ret_until = (record.expires > answered ? record.expires : answered) + SKEW;
    record_free(&record);
  } else if (err == BG_ERR_NOT_FOUND) {
    *ret_until = now + UNKNOWN_KEPT;
    err = BG_OK;
  }
  return err;
}

static enum bg_error put_row(struct ledger *ledger, const struct job *job,
                             const struct wish *wish) {
  const struct bg_ssh_key *by = &job->caller.key;
  int64_t until = ROW_FOREVER;
  if (is_approver(wish)) {
    return row_put_signature(ledger, wish->value, by, wish->signature);
  }
  enum bg_error err =
      strcmp(wish->kind, REVOKES_TOKEN) == 0 ? token_until(ledger, wish, &until) : BG_OK;
  return err == BG_OK ? row_put_value(ledger, wish->kind, wish->hex, by, until) : err;
}

static enum bg_error put_entry(struct ledger *ledger, const struct job *job,
                               const struct wish *wish) {
  json_t *fields =
      json_pack("{s:s, s:s, s:s, s:s, s:o}", "revokes", wish->kind, "value", wish->hex, "by",
                job->caller.name, "reason", wish->reason, "call", record_call(&job->caller));
  if (fields != NULL && is_approver(wish)) {
    (void)json_object_set(fields, "signature", json_object_get(job->body_read, "signature"));
  }
  return append_entry(ledger, "revocation", fields);
}

/* Whoever has stolen one key fills no list with it, and least of all so that it could not be
 * revoked any more. */
static enum bg_error check_room(struct job *job, const struct wish *wish,
                                const struct revocation_set *set) {
  const bool full = is_approver(wish)                        ? set->keys_full
                    : strcmp(wish->kind, REVOKES_TOKEN) == 0 ? set->tokens_full
                                                             : set->holders_full;
  const size_t max = is_approver(wish) ? REVOKED_KEYS_BY_ONE_MAX : REVOKED_BY_ONE_MAX;
  if ((is_approver(wish) ? set->keys_by_author : set->by_author) > max) {
    return job_refuse(job, 409, "conflict", "your key has revoked %zu already: ask another", max);
  }
  return full ? job_refuse(job, 409, "conflict", "the revocation list is full") : BG_OK;
}

/* What is written down meanwhile is undone with a refusal. */
static enum bg_error write_down(struct desk *desk, struct ledger *ledger, struct job *job,
                                const struct wish *wish, bool *ret_in_force) {
  struct revocation_set *set = NULL;
  enum bg_error err = put_row(ledger, job, wish);
  const bool is_new = err == BG_OK;
  if (is_new) {
    err = put_entry(ledger, job, wish);
  } else if (err == BG_ERR_EXISTS) {
    err = BG_OK; /* it stands already: nothing more is written down */
  }
  if (err == BG_OK) {
    err = rows_read(ledger, &desk->book.signers, bg_clock_now(), &job->caller.key, &set);
  }
  if (err == BG_OK) {
    *ret_in_force = !is_approver(wish) || set_has_key(set, wish->value);
    err = check_room(job, wish, set);
  }
  if (err == BG_OK && is_new) {
    DESK_COUNT(desk, revocations);
  }
  free(set);
  return err;
}

static enum bg_error revoke(struct desk *desk, struct ledger *ledger, struct job *job,
                            const struct wish *wish) {
  bool in_force = false;
  enum bg_error err = write_down(desk, ledger, job, wish, &in_force);
  if (err != BG_OK) {
    return err;
  }
  return job_answer(job, 201,
                    json_pack("{s:s, s:s, s:s, s:I, s:b}", "revokes", wish->kind, "value",
                              wish->hex, "by", job->caller.name, "at", (json_int_t)bg_clock_now(),
                              "in_force", in_force));
}

static enum bg_error judge(struct desk *desk, struct ledger *ledger, struct job *job) {
  struct wish wish;
  if (!read_wish(job->body_read, &wish)) {
    return job_refuse(job, 400, "bad-request",
                      "a revocation says what it revokes (token, holder or approver), the value in "
                      "hex, a reason, and of an approver's key a signature");
  }
  enum bg_error err = is_approver(&wish) ? judge_approver(desk, job, &wish) : BG_OK;
  return err == BG_OK ? revoke(desk, ledger, job, &wish) : err;
}

static enum bg_error run_revocation(struct desk *desk, struct ledger *ledger, struct job *job) {
  (void)pthread_rwlock_rdlock(&desk->book_lock);
  enum bg_error err = judge(desk, ledger, job);
  (void)pthread_rwlock_unlock(&desk->book_lock);
  return err;
}

void post_revocation(struct http_exchange *exchange, void *context) {
  struct desk *desk = context;
  struct job *job = calloc(1, sizeof *job);
  if (job == NULL) {
    http_problem(exchange, 503, "unavailable", NULL);
    return;
  }
  job->exchange = exchange;
  job->run = run_revocation;
  job->revokes = true;
  if (caller_identify(desk, exchange, BG_NAMESPACE_REVOKE, BG_ROLE_APPROVER | BG_ROLE_ISSUER,
                      &job->caller)) {
    job->body_read = json_read(http_body(exchange));
    if (job->body_read != NULL) {
      writer_submit(desk->writer, job);
      return;
    }
    http_problem(exchange, 400, "bad-request", "the body must be one JSON object");
  }
  job_free(job);
}
