/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <strings.h>

#include "verify_parts.h"

#define OFFLINE "offline"

static bool exactly(const char *a, const char *b) {
  return strcmp(a, b) == 0;
}

/* Principals are lower-case; capitals make nobody another person. */
static bool same_person(const char *a, const char *b) {
  return strcasecmp(a, b) == 0;
}

static bool has_signed(const struct bg_verdict *verdict, enum bg_role role, const char *name,
                       bool (*is_name)(const char *, const char *)) {
  for (size_t i = 0; i < verdict->signer_count; i++) {
    if (verdict->signers[i].role == role && is_name(verdict->signers[i].principal, name)) {
      return true;
    }
  }
  return false;
}

/* Some alternative is satisfied and is of the kind that the issuer claim says. */
static bool issuer_fits(const struct bg_verify_request *request, const struct bg_verdict *verdict) {
  const bool offline = strcmp(verdict->claims.issuer, OFFLINE) == 0;
  if (!offline && !verdict->by_issuer) {
    return false;
  }
  for (size_t i = 0; i < request->policy->quorum_count; i++) {
    const struct bg_quorum *quorum = &request->policy->quorums[i];
    if ((quorum->issuers == 0) == offline && verify_quorum(request, quorum, verdict)) {
      return true;
    }
  }
  return false;
}

/* The subject approves, or the holder key is one that signs for somebody else
 * (so an approver's own key is covered too). Where no holder is claimed it is the
 * key that logs in. */
static bool is_self_approved(const struct bg_verify_request *request,
                             const struct bg_verdict *verdict) {
  const struct bg_claims *claims = &verdict->claims;
  if (has_signed(verdict, BG_ROLE_APPROVER, claims->subject, same_person)) {
    return true;
  }
  const uint8_t *holder = claims->has_holder        ? claims->holder
                          : request->holder != NULL ? request->holder->sha256
                                                    : NULL;
  const char *principal =
      holder != NULL ? bg_trusted_signers_principal(request->signers, holder) : NULL;
  return principal != NULL && !same_person(principal, claims->subject);
}

static bool has_audience(const struct bg_claims *claims, const char *kind, const char *name) {
  const size_t len = strlen(kind);
  for (size_t i = 0; i < claims->audience_count; i++) {
    if (strncmp(claims->audiences[i], kind, len) == 0 &&
        strcmp(claims->audiences[i] + len, name) == 0) {
      return true;
    }
  }
  return false;
}

static bool is_for_group(const struct bg_verify_request *request, const struct bg_claims *claims) {
  for (size_t i = 0; request->policy->group_audience && i < request->group_count; i++) {
    if (has_audience(claims, "group:", request->groups[i])) {
      return true;
    }
  }
  return false;
}

static bool answers_challenge(const struct bg_verify_request *request,
                              const struct bg_claims *claims) {
  for (size_t i = 0; request->policy->challenge && i < request->challenge_count; i++) {
    if (memcmp(request->challenges[i], claims->nonce, BG_NONCE_SIZE) == 0) {
      return true;
    }
  }
  return false;
}

static enum bg_error check_time(const struct bg_verify_request *request,
                                const struct bg_claims *claims) {
  const int64_t latest = request->now + request->policy->clock_skew;
  const int64_t earliest = request->now - request->policy->clock_skew;
  if (latest < claims->not_before || latest < claims->issued_at) {
    return BG_REFUSED_NOT_YET_VALID;
  }
  if (earliest > claims->expires) {
    return BG_REFUSED_EXPIRED;
  }
  return latest < request->mark ? BG_REFUSED_CLOCK_UNTRUSTED : BG_OK;
}

static bool may_have_been_used(const struct bg_verify_request *request,
                               const struct bg_claims *claims) {
  return request->epoch != 0 && claims->issued_at < request->epoch + request->policy->clock_skew &&
         (request->proves_unused == NULL ||
          !request->proves_unused(request->context, claims->id, claims->issued_at));
}

static enum bg_error check_when(const struct bg_verify_request *request,
                                const struct bg_claims *claims) {
  if (claims->expires - claims->not_before > request->policy->longest_window) {
    return BG_REFUSED_WINDOW_TOO_LONG;
  }
  if (claims->has_nonce) {
    return answers_challenge(request, claims) ? BG_OK : BG_REFUSED_WRONG_CHALLENGE;
  }
  enum bg_error err = check_time(request, claims);
  if (err != BG_OK) {
    return err;
  }
  return may_have_been_used(request, claims) ? BG_REFUSED_ISSUED_BEFORE_BOOT : BG_OK;
}

static bool comes_from_source(const struct bg_verify_request *request,
                              const struct bg_claims *claims) {
  uint8_t address[16];
  if (claims->source_count == 0) {
    return true;
  }
  if (request->address == NULL ||
      bg_parse_address(bg_bytes_of(request->address), address) != BG_OK) {
    return false;
  }
  for (size_t i = 0; i < claims->source_count; i++) {
    struct bg_cidr cidr;
    if (bg_parse_cidr(bg_bytes_of(claims->sources[i]), &cidr) == BG_OK &&
        bg_cidr_contains(&cidr, address)) {
      return true;
    }
  }
  return false;
}

static bool is_holder(const struct bg_verify_request *request, const struct bg_claims *claims) {
  if (!claims->has_holder) {
    return request->holder == NULL || !request->policy->holder_key_required;
  }
  return request->holder != NULL &&
         memcmp(request->holder->sha256, claims->holder, BG_SHA256_SIZE) == 0;
}

/* In the list by its id, by the key that holds it, or by one that has signed it. */
static bool is_in_list(const struct bg_verify_request *request, const struct bg_revocations *list,
                       const struct bg_verdict *verdict) {
  const struct bg_claims *claims = &verdict->claims;
  if (bg_revocations_has_token(list, claims->id) ||
      (claims->has_holder && bg_revocations_has_holder(list, claims->holder)) ||
      (request->holder != NULL && bg_revocations_has_holder(list, request->holder->sha256))) {
    return true;
  }
  for (size_t i = 0; i < verdict->signer_count; i++) {
    const struct bg_signer *signer = &verdict->signers[i];
    if (signer->role == BG_ROLE_APPROVER &&
        bg_revocations_has_key(list, request->signers, signer->key->key.sha256)) {
      return true;
    }
  }
  return false;
}

bool bg_verify_is_revoked(const struct bg_verify_request *request,
                          const struct bg_verdict *verdict) {
  const struct bg_revocations *list =
      request->revocations != NULL ? request->revocations(request->context) : NULL;
  const int64_t now = request->now > request->mark ? request->now : request->mark;
  if (request->policy->revocations_required &&
      (list == NULL ||
       bg_revocations_check_time(list, now, request->policy->clock_skew) != BG_OK)) {
    return true;
  }
  return list != NULL && is_in_list(request, list, verdict);
}

enum bg_error verify_claims(const struct bg_verify_request *request, struct bg_verdict *verdict) {
  const struct bg_claims *claims = &verdict->claims;
  verdict->by_issuer = has_signed(verdict, BG_ROLE_ISSUER, claims->issuer, exactly);
  if (!issuer_fits(request, verdict)) {
    return BG_REFUSED_WRONG_ISSUER;
  }
  if (is_self_approved(request, verdict)) {
    return BG_REFUSED_SELF_APPROVED;
  }
  const bool for_host = has_audience(claims, "host:", request->host_id);
  if (!for_host && !is_for_group(request, claims)) {
    return BG_REFUSED_WRONG_HOST;
  }
  if (strcmp(claims->login, request->login) != 0) {
    return BG_REFUSED_WRONG_LOGIN;
  }
  enum bg_error err = check_when(request, claims);
  if (err != BG_OK) {
    return err;
  }
  if (!comes_from_source(request, claims)) {
    return BG_REFUSED_WRONG_SOURCE;
  }
  /* A group token opens every member, so it needs to be bound to a key. */
  if (!is_holder(request, claims) || (!for_host && !claims->has_holder)) {
    return BG_REFUSED_WRONG_HOLDER;
  }
  return bg_verify_is_revoked(request, verdict) ? BG_REFUSED_REVOKED : BG_OK;
}
