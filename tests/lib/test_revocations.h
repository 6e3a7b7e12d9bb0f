/* SPDX-License-Identifier: BSD-2-Clause */
/* Revocation lists of the people of test_token.h. */
#ifndef BREAKGLASS_TEST_REVOCATIONS_H
#define BREAKGLASS_TEST_REVOCATIONS_H

#include "breakglass/revocations.h"
#include "test_token.h"

/* An empty list of the issuer's, number 1, issued now. */
struct bg_revocations_content test_revocations(void);
/* This person's signature that another's key is revoked; static for eight calls. */
struct bg_signature test_revoke_key(enum test_person by, enum test_person whose);
/* The key, revoked by these two. */
struct bg_revoked_key test_revoked_key(enum test_person whose, enum test_person first,
                                       enum test_person second);
/* The payload, signed by these people; static. */
struct bg_bytes test_sign_payload(struct bg_bytes payload, const enum test_person *people,
                                  size_t count);
/* The whole list, signed by the issuer; static. */
struct bg_bytes test_revocation_list(const struct bg_revocations_content *content);
/* Puts it where the host looks for it. */
void test_write_revoked(struct bg_bytes list);

#endif
