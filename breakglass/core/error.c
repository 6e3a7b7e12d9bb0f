/* SPDX-License-Identifier: BSD-2-Clause */
#include "breakglass/error.h"

#include <stdbool.h>
#include <stddef.h>

/* code is NULL for what is no refusal. */
static const struct {
  const char *code;
  const char *text;
} errors[BG_ERROR_COUNT] = {
    [BG_OK] = {NULL, "success"},
    [BG_ERR_NOMEM] = {NULL, "out of memory"},
    [BG_ERR_IO] = {NULL, "input/output error"},
    [BG_ERR_DENIED] = {NULL, "permission denied"},
    [BG_ERR_NOT_FOUND] = {NULL, "not found"},
    [BG_ERR_EXISTS] = {NULL, "exists already"},
    [BG_ERR_UNSAFE] = {NULL, "not a plain file or folder that only its owner can write"},
    [BG_ERR_TOO_LARGE] = {NULL, "too large"},
    [BG_ERR_SYNTAX] = {NULL, "not in the expected format"},
    [BG_ERR_RANGE] = {NULL, "outside of the allowed values"},
    [BG_ERR_BUSY] = {NULL, "locked by another process"},
    [BG_ERR_KEY] = {NULL, "a key of a kind that is not accepted"},
    [BG_ERR_AGENT] = {NULL, "no ssh-agent answers"},
    [BG_ERR_AGENT_REFUSED] = {NULL, "the ssh-agent refused to sign"},
    [BG_ERR_UNSUPPORTED] = {NULL, "not supported by this version"},
    [BG_ERR_CONVERSATION] = {NULL, "no answer was given"},

    [BG_REFUSED_TOO_LONG] = {"too-long", "the token is longer than any token"},
    [BG_REFUSED_MALFORMED] = {"malformed", "this is not a token"},
    [BG_REFUSED_UNTRUSTED_KEY] = {"untrusted-key",
                                  "signed by a key that this host does not trust now"},
    [BG_REFUSED_BAD_SIGNATURE] = {"bad-signature", "a signature does not match"},
    [BG_REFUSED_SIGNATURES_MISSING] = {"signatures-missing", "not enough people have signed"},
    [BG_REFUSED_BAD_CLAIMS] = {"bad-claims", "its claims are not those of a token"},
    [BG_REFUSED_WRONG_ISSUER] = {"wrong-issuer", "the issuer that it names has not signed it"},
    [BG_REFUSED_SELF_APPROVED] = {"self-approved", "approved by the person it is for"},
    [BG_REFUSED_WRONG_HOST] = {"wrong-host", "it is for another host"},
    [BG_REFUSED_WRONG_LOGIN] = {"wrong-login", "it is for another login"},
    [BG_REFUSED_WINDOW_TOO_LONG] = {"window-too-long",
                                    "its window is longer than this host allows"},
    [BG_REFUSED_NOT_YET_VALID] = {"not-yet-valid", "it is not valid yet"},
    [BG_REFUSED_EXPIRED] = {"expired", "it has expired"},
    [BG_REFUSED_CLOCK_UNTRUSTED] = {"clock-untrusted", "this host's clock is wrong"},
    [BG_REFUSED_WRONG_CHALLENGE] = {"wrong-challenge", "it does not answer this host's challenge"},
    [BG_REFUSED_ISSUED_BEFORE_BOOT] = {"issued-before-boot",
                                       "it was issued before this host booted"},
    [BG_REFUSED_WRONG_SOURCE] = {"wrong-source", "it may not be used from this address"},
    [BG_REFUSED_WRONG_HOLDER] = {"wrong-holder", "it is for the holder of another key"},
    [BG_REFUSED_REVOKED] = {"revoked", "it has been revoked"},
    [BG_REFUSED_ALREADY_USED] = {"already-used", "it has been used already"},
    [BG_REFUSED_NO_TOKEN] = {"no-token", "no token was given"},
    [BG_REFUSED_NO_GRANT] = {"no-grant", "no token has opened this session"},
    [BG_REFUSED_CONFIG] = {"config", "this host's gate is not configured correctly"},
    [BG_REFUSED_AUDIT_UNAVAILABLE] = {"audit-unavailable", "the session could not be recorded"},
    [BG_REFUSED_TAINT_FAILED] = {"taint-failed", "the host could not be marked as tainted"},
    [BG_REFUSED_ACK_TIMEOUT] = {"ack-timeout", "nobody has acknowledged the taint in time"},
    [BG_REFUSED_STATE_FAILED] = {"state-failed", "the host's state could not be read or written"},
};

static bool is_known(enum bg_error err) {
  return (unsigned)err < BG_ERROR_COUNT;
}

const char *bg_strerror(enum bg_error err) {
  return is_known(err) ? errors[err].text : "unknown error";
}

const char *bg_refusal_code(enum bg_error err) {
  return is_known(err) ? errors[err].code : NULL;
}

bool bg_refusal_is_time(enum bg_error err) {
  return err == BG_REFUSED_NOT_YET_VALID || err == BG_REFUSED_EXPIRED ||
         err == BG_REFUSED_CLOCK_UNTRUSTED || err == BG_REFUSED_WRONG_CHALLENGE ||
         err == BG_REFUSED_ISSUED_BEFORE_BOOT;
}
