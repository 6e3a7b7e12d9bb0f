/* SPDX-License-Identifier: BSD-2-Clause */
/* Whoever can write to the store must not thereby have the issuer's key: what it signs is judged
 * once more by what others have signed, and by the rules and keys of this moment. */
#include <config.h>

#include "recheck.h"

#include "breakglass/call_json.h"
#include "issue.h"
#include "request.h"

#include <stdlib.h>
#include <string.h>

#include "breakglass/json_read.h"

struct evidence {
  struct bg_call call; /* views into the record */
  struct bg_ask ask;
  struct bg_claims claims;
  struct bg_issuing_decision decision;
};

/* The call is one that the subject has signed, with a key that may still ask. */
static bool is_asked_by_subject(const struct desk *desk, const struct record *record,
                                struct bg_call *call) {
  uint8_t bytes[BG_SSHSIG_MAX];
  struct bg_buf blob = BG_BUF(bytes);
  struct bg_ssh_key key;
  if (bg_call_from_json(json_object_get(record->root, "call"), call, &blob) != BG_OK) {
    return false;
  }
  call->issuer = bg_bytes_of(desk->settings.name);
  if (!bg_bytes_is(call->method, "POST") || !bg_bytes_is(call->target, "/v1/requests") ||
      bg_call_verify(call, BG_NAMESPACE_REQUEST, bg_buf_view(&blob), &key) != BG_OK) {
    return false;
  }
  const char *person = caller_principal(&desk->book.signers, &key, BG_ROLE_REQUESTER, NULL);
  return person != NULL && strcmp(person, record->subject) == 0;
}

static bool read_claims(const struct record *record, struct bg_claims *claims) {
  uint8_t bytes[BG_TOKEN_BYTES_MAX];
  struct bg_bytes payload;
  return record_payload(record, bytes, sizeof bytes, &payload) == BG_OK &&
         bg_claims_decode(payload, claims) == BG_OK;
}

static bool are_hosts(const struct bg_claims *claims, const struct bg_issuing_decision *decision) {
  bool same = claims->audience_count == decision->host_count;
  for (size_t i = 0; same && i < decision->host_count; i++) {
    const char *audience = claims->audiences[i];
    same = strncmp(audience, HOST_PREFIX, strlen(HOST_PREFIX)) == 0 &&
           strcmp(audience + strlen(HOST_PREFIX), decision->hosts[i]) == 0;
  }
  return same;
}

/* The claims are what the rules, as they are now, make of the ask. */
static bool is_by_the_rules(const struct desk *desk, const struct record *record,
                            struct evidence *evidence) {
  struct bg_ask_problem problem;
  char why[256];
  if (bg_ask_parse(evidence->call.body, &evidence->ask, &problem) != BG_OK ||
      !read_claims(record, &evidence->claims)) {
    return false;
  }
  const struct bg_issuing_wish wish =
      wish_of(record->subject, &evidence->ask, evidence->claims.issued_at);
  if (bg_issuing_decide(desk->book.issuing, &wish, &evidence->decision, sizeof why, why) != BG_OK) {
    return false;
  }
  const struct bg_ask_bounds bounds = {.issuer = desk->settings.name,
                                       .subject = record->subject,
                                       .called_at = evidence->call.time,
                                       .longest_wait = evidence->decision.approval_wait};
  return bg_ask_covers(&evidence->ask, &bounds, &evidence->claims, &problem) == BG_OK &&
         are_hosts(&evidence->claims, &evidence->decision) &&
         evidence->claims.level == evidence->decision.level;
}

/* Whose signature it is, if it is a good one of somebody who may approve. */
static const char *signer_of(const struct desk *desk, const struct record *record,
                             const json_t *kept) {
  struct bg_ssh_key key;
  struct bg_bytes value;
  uint8_t bytes[BG_SIGNATURE_MAX];
  if (bg_ssh_key_from_line(bg_bytes_of(json_text_of(kept, "key")), &key) != BG_OK ||
      json_read_base64url(json_object_get(kept, "value"), bytes, sizeof bytes, &value) != BG_OK ||
      !record_is_signed(record, &key, value)) {
    return NULL;
  }
  return caller_principal(&desk->book.signers, &key, BG_ROLE_APPROVER, NULL);
}

static bool is_approved(const struct desk *desk, const struct record *record,
                        const struct bg_issuing_decision *decision) {
  const json_t *signatures = json_object_get(record->root, "signatures");
  const char *people[BG_SIGNATURES_MAX];
  const size_t count = json_array_size(signatures);
  if (count > BG_SIGNATURES_MAX - 1) { /* one is the issuer's */
    return false;
  }
  for (size_t i = 0; i < count; i++) {
    people[i] = signer_of(desk, record, json_array_get(signatures, i));
    if (people[i] == NULL) {
      return false;
    }
  }
  return bg_issuing_is_approved(desk->book.issuing, decision, record->subject, people, count, NULL);
}

enum bg_error recheck(const struct desk *desk, struct job *job, const struct record *record) {
  struct evidence *evidence = calloc(1, sizeof *evidence); /* too large for a thread's stack */
  if (evidence == NULL) {
    return BG_ERR_NOMEM;
  }
  const bool good = is_asked_by_subject(desk, record, &evidence->call) &&
                    is_by_the_rules(desk, record, evidence) &&
                    is_approved(desk, record, &evidence->decision);
  free(evidence);
  return good ? BG_OK
              : job_refuse(job, 409, "ask-again",
                           "keys or rules have changed since this was asked for: ask again");
}
