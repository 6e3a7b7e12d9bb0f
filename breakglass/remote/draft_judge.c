/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "draft.h"

static enum bg_error deny(struct bg_ask_problem *problem, const char *text) {
  (void)snprintf(problem->text, sizeof problem->text, "%s", text);
  return BG_ERR_DENIED;
}

static bool is_same_key(const struct bg_ssh_key *a, const struct bg_ssh_key *b) {
  return memcmp(a->sha256, b->sha256, sizeof a->sha256) == 0;
}

/* Whom the key asks for, at the time of the call; NULL if it may not ask. */
static const char *find_requester(const struct draft_judge *judge, const struct bg_ssh_key *key,
                                  int64_t at) {
  for (size_t i = 0; i < judge->trusted->count; i++) {
    const struct bg_trusted_key *entry = &judge->trusted->keys[i];
    if (entry->role == BG_ROLE_REQUESTER && is_same_key(&entry->key, key) &&
        entry->valid_after <= at && at < entry->valid_before) {
      return entry->principal;
    }
  }
  return NULL;
}

/* That somebody who may ask has asked for something here, not long ago. */
static enum bg_error judge_call(struct draft *draft, const struct draft_judge *judge,
                                const char **ret_person, struct bg_ask_problem *problem) {
  struct bg_ssh_key key;
  draft->call.issuer = bg_bytes_of(judge->issuer);
  if (!bg_bytes_is(draft->call.method, "POST") ||
      !bg_bytes_is(draft->call.target, "/v1/requests")) {
    return deny(problem, "what was signed is another call than one that asks for a token");
  }
  if (bg_call_verify(&draft->call, BG_NAMESPACE_REQUEST, draft->blob, &key) != BG_OK) {
    return deny(problem,
                "the signature of the person who asks is not good, or not for this service");
  }
  *ret_person = find_requester(judge, &key, draft->call.time);
  if (*ret_person == NULL) {
    char text[BG_FINGERPRINT_SIZE];
    bg_ssh_key_fingerprint(&key, text);
    (void)snprintf(problem->text, sizeof problem->text,
                   "it was asked for with the key %s, which is no requester's in your "
                   "trusted_signers, or was not at that time",
                   text);
    return BG_ERR_DENIED;
  }
  if (draft->wait > judge->longest_wait) {
    return deny(problem, "it may wait for approvals for longer than longest_wait in your settings");
  }
  if (draft->call.time > judge->now + BG_CALL_SKEW) {
    return deny(problem, "it was asked for at a time that is still to come: look at the clocks");
  }
  if (draft->call.time < judge->now - judge->longest_wait - BG_CALL_SKEW) {
    return deny(problem, "it was asked for too long ago: longest_wait in your settings is over");
  }
  return BG_OK;
}

static bool is_id(const struct draft_judge *judge, const struct bg_claims *claims) {
  char id[2 * BG_TOKEN_ID_SIZE + 1];
  bg_hex(bg_bytes(claims->id, sizeof claims->id), id);
  return strcmp(id, judge->id) == 0;
}

static enum bg_error judge_people(const struct draft_judge *judge, const char *person,
                                  struct bg_ask_problem *problem) {
  const char *approver = bg_trusted_signers_principal(judge->trusted, judge->approver->sha256);
  if (approver != NULL && strcasecmp(approver, person) == 0) {
    return deny(problem, "it is your own request: another person has to approve it");
  }
  return BG_OK;
}

enum bg_error draft_judge(struct draft *draft, const struct draft_judge *judge,
                          struct bg_ask_problem *ret_problem) {
  const char *person = NULL;
  struct bg_ask_problem problem;
  if (bg_claims_decode(draft->payload, &draft->claims) != BG_OK) {
    return deny(ret_problem, "its claims are none that a host would read");
  }
  if (!is_id(judge, &draft->claims)) {
    return deny(ret_problem, "it is the draft of another request");
  }
  enum bg_error err = judge_call(draft, judge, &person, ret_problem);
  if (err != BG_OK) {
    return err;
  }
  if (bg_ask_parse(draft->call.body, &draft->ask, &problem) != BG_OK) {
    return deny(ret_problem, "what was asked for cannot be read");
  }
  const struct bg_ask_bounds bounds = {.issuer = judge->issuer,
                                       .subject = person,
                                       .called_at = draft->call.time,
                                       .longest_wait = draft->wait};
  err = bg_ask_covers(&draft->ask, &bounds, &draft->claims, ret_problem);
  if (err == BG_OK && draft->claims.expires <= judge->now) {
    err = deny(ret_problem, "its time is over: it has to be asked for again");
  }
  return err == BG_OK ? judge_people(judge, person, ret_problem) : err;
}
