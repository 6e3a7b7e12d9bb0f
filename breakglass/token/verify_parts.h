/* SPDX-License-Identifier: BSD-2-Clause */
/* The two halves of bg_verify(): before and after the payload is looked into. */
#ifndef BREAKGLASS_VERIFY_PARTS_H
#define BREAKGLASS_VERIFY_PARTS_H

#include "breakglass/verify.h"

/* Every signature by a trusted key and good, and enough people behind them;
 * fills signers. untrusted-key, bad-signature, signatures-missing. */
enum bg_error verify_signatures(const struct bg_verify_request *request,
                                const struct bg_token *token, struct bg_verdict *verdict);
/* Whether enough distinct people have signed for this alternative. */
bool verify_quorum(const struct bg_verify_request *request, const struct bg_quorum *quorum,
                   const struct bg_verdict *verdict);
/* wrong-issuer to revoked, over decoded claims. */
enum bg_error verify_claims(const struct bg_verify_request *request, struct bg_verdict *verdict);

#endif
