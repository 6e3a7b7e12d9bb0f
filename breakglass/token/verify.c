/* SPDX-License-Identifier: BSD-2-Clause */
#include "breakglass/verify.h"

#include <string.h>

#include "verify_parts.h"

enum bg_error bg_verify(const struct bg_verify_request *request, struct bg_verdict *ret_verdict) {
  struct bg_token token;
  memset(ret_verdict, 0, sizeof *ret_verdict);
  enum bg_error err = bg_token_decode(request->token, &token);
  if (err != BG_OK) {
    return err;
  }
  err = verify_signatures(request, &token, ret_verdict);
  if (err != BG_OK) {
    return err;
  }
  err = bg_claims_decode(token.payload, &ret_verdict->claims);
  if (err != BG_OK) {
    return err;
  }
  ret_verdict->has_claims = true;
  return verify_claims(request, ret_verdict);
}
