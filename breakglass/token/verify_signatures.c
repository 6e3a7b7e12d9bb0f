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

static bool is_same_person(const struct bg_signer *a, const struct bg_signer *b) {
  return strcmp(a->principal, b->principal) == 0;
}

/* People, not keys. Nobody is both: trusted_signers gives an issuer no other role. */
static unsigned people(const struct bg_token_policy *policy, const struct bg_verdict *verdict,
                       enum bg_role role) {
  unsigned count = 0;
  for (size_t i = 0; i < verdict->signer_count; i++) {
    const struct bg_signer *signer = &verdict->signers[i];
    bool is_new = signer->role == role && counts(policy, signer);
    for (size_t j = 0; is_new && j < i; j++) {
      const struct bg_signer *before = &verdict->signers[j];
      is_new = before->role != role || !counts(policy, before) || !is_same_person(before, signer);
    }
    count += is_new;
  }
  return count;
}

bool verify_quorum(const struct bg_verify_request *request, const struct bg_quorum *quorum,
                   const struct bg_verdict *verdict) {
  return people(request->policy, verdict, BG_ROLE_ISSUER) >= quorum->issuers &&
         people(request->policy, verdict, BG_ROLE_APPROVER) >= quorum->approvers;
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
