/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "revoked.h"

#include "breakglass/paths.h"

static const char *why(enum bg_error err) {
  switch (err) {
  case BG_ERR_NOT_FOUND:
    return "there is no revocation list";
  case BG_REFUSED_NOT_YET_VALID:
  case BG_REFUSED_EXPIRED:
    return "the revocation list is not one of now";
  case BG_REFUSED_UNTRUSTED_KEY:
  case BG_REFUSED_WRONG_ISSUER:
    return "the revocation list is not by an issuer whom trusted_signers names: nothing in it "
           "counts";
  default:
    return "the revocation list cannot be used: nothing in it counts";
  }
}

const struct bg_revocations *gate_read_revoked(struct bg_gate *gate,
                                               const struct bg_trusted_signers *signers,
                                               int64_t now, struct revoked *ret_revoked) {
  const struct bg_paths *paths = bg_paths();
  const struct bg_token_policy *policy = &gate->policy->token;
  struct bg_file *file = &ret_revoked->file;
  enum bg_error err = bg_file_read(paths->revoked, paths->owner, BG_REVOCATIONS_MAX, file);
  if (err == BG_OK) {
    err = bg_revocations_parse(bg_bytes(file->data, file->len), &ret_revoked->list);
  }
  if (err == BG_OK) {
    err = bg_revocations_verify(&ret_revoked->list, signers);
  }
  const bool good = err == BG_OK;
  if (good) {
    err = bg_revocations_check_time(&ret_revoked->list, now, policy->clock_skew);
  }
  ret_revoked->fresh = err == BG_OK;
  if (err != BG_OK && (err != BG_ERR_NOT_FOUND || policy->revocations_required)) {
    gate_complain(gate, paths->revoked, 0, why(err));
  }
  return good ? &ret_revoked->list : NULL;
}
