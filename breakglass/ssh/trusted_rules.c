/* SPDX-License-Identifier: BSD-2-Clause */
#include "trusted_rules.h"

#include <string.h>

static const char *conflict_of_key(const struct bg_trusted_key *a, const struct bg_trusted_key *b,
                                   bool same_principal) {
  if (!same_principal) {
    return "the key belongs to another principal";
  }
  if (a->role == b->role) {
    return "the key stands in this namespace already";
  }
  return a->role == BG_ROLE_ISSUER || b->role == BG_ROLE_ISSUER
             ? "an issuer's key can have no other role"
             : NULL;
}

const char *bg_trusted_conflict(const struct bg_trusted_key *earlier,
                                const struct bg_trusted_key *later) {
  bool same_principal = strcmp(earlier->principal, later->principal) == 0;
  if (memcmp(earlier->key.sha256, later->key.sha256, BG_KID_SIZE) == 0) {
    return memcmp(earlier->key.sha256, later->key.sha256, BG_SHA256_SIZE) == 0
               ? conflict_of_key(earlier, later, same_principal)
               : "the key's hash begins like that of another key";
  }
  bool one_issues = (earlier->role == BG_ROLE_ISSUER) != (later->role == BG_ROLE_ISSUER);
  return same_principal && one_issues ? "an issuer can have no other role" : NULL;
}
