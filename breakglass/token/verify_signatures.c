/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "verify_parts.h"

static void add_signer(struct bg_verdict *verdict, const struct bg_trusted_key *key) {
  struct bg_signer *signer = &verdict->signers[verdict->signer_count++];
  memcpy(signer->principal, key->principal, sizeof signer->principal);
  signer->role = key->role;
  signer->key = key;
}

static enum bg_error verify_each(const struct bg_verify_request *request,
                                 const struct bg_token *token, struct bg_verdict *verdict) {
  const int64_t at = request->now > request->mark ? request->now : request->mark;
  for (size_t i = 0; i < token->signature_count; i++) {
    const struct bg_signature *signature = &token->signatures[i];
    const struct bg_trusted_key *key =
        bg_trusted_signers_find(request->signers, signature->kid, signature->type, at);
    if (key == NULL) {
      return BG_REFUSED_UNTRUSTED_KEY;
    }
    if (!bg_token_signature_is_good(signature, &key->key, token->payload)) {
      return BG_REFUSED_BAD_SIGNATURE;
    }
    add_signer(verdict, key);
  }
  return BG_OK;
}

static bool counts(const struct bg_token_policy *policy, const struct bg_signer *signer) {
  return signer->role == BG_ROLE_ISSUER || !policy->hardware_approvers ||
         signer->key->key.type == BG_SSH_SK_ED25519;
}

/* In which roles the person behind signer i has signed; 0 if counted already. */
static unsigned roles_of(const struct bg_token_policy *policy, const struct bg_verdict *verdict,
                         size_t i) {
  unsigned roles = 0;
  for (size_t j = 0; j < verdict->signer_count; j++) {
    if (strcmp(verdict->signers[i].principal, verdict->signers[j].principal) == 0) {
      if (j < i) {
        return 0;
      }
      roles |= counts(policy, &verdict->signers[j]) ? (unsigned)verdict->signers[j].role : 0;
    }
  }
  return roles;
}

static unsigned lacking(unsigned wanted, unsigned found) {
  return wanted > found ? wanted - found : 0;
}

bool verify_quorum(const struct bg_verify_request *request, const struct bg_quorum *quorum,
                   const struct bg_verdict *verdict) {
  unsigned people[(BG_ROLE_ISSUER | BG_ROLE_APPROVER) + 1] = {0};
  for (size_t i = 0; i < verdict->signer_count; i++) {
    people[roles_of(request->policy, verdict, i)]++;
  }
  /* Who has signed in both roles fills one place, wherever one is empty. */
  return lacking(quorum->issuers, people[BG_ROLE_ISSUER]) +
             lacking(quorum->approvers, people[BG_ROLE_APPROVER]) <=
         people[BG_ROLE_ISSUER | BG_ROLE_APPROVER];
}

enum bg_error verify_signatures(const struct bg_verify_request *request,
                                const struct bg_token *token, struct bg_verdict *verdict) {
  enum bg_error err = verify_each(request, token, verdict);
  if (err != BG_OK) {
    return err;
  }
  verdict->trusted = true;
  for (size_t i = 0; i < request->policy->quorum_count; i++) {
    if (verify_quorum(request, &request->policy->quorums[i], verdict)) {
      return BG_OK;
    }
  }
  return BG_REFUSED_SIGNATURES_MISSING;
}
