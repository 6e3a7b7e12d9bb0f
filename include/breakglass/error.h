/* SPDX-License-Identifier: BSD-2-Clause */
/* The one error type. Every fallible function of the library returns it. */
#ifndef BREAKGLASS_ERROR_H
#define BREAKGLASS_ERROR_H

#define BG_MUST_USE __attribute__((warn_unused_result))
#define BG_NONNULL(...) __attribute__((nonnull(__VA_ARGS__)))

enum bg_error {
  BG_OK = 0,

  /* Failures of the machine or of what we were handed. */
  BG_ERR_NOMEM,
  BG_ERR_IO,        /* errno says more */
  BG_ERR_DENIED,    /* this user may not */
  BG_ERR_NOT_FOUND, /* no such file, key, record */
  BG_ERR_EXISTS,
  BG_ERR_UNSAFE,        /* a trusted file somebody else could write, or a link */
  BG_ERR_TOO_LARGE,     /* a hard maximum was passed */
  BG_ERR_SYNTAX,        /* bytes that are not of the expected format */
  BG_ERR_RANGE,         /* well-formed, but outside of the allowed values */
  BG_ERR_BUSY,          /* a lock could not be had in its time */
  BG_ERR_KEY,           /* a key of a kind or a quality that is not accepted */
  BG_ERR_AGENT,         /* no ssh-agent, or one that does not speak the protocol */
  BG_ERR_AGENT_REFUSED, /* ssh-agent answered SSH_AGENT_FAILURE (5) */
  BG_ERR_UNSUPPORTED,   /* known, but not built into this version */
  BG_ERR_CONVERSATION,  /* the person's side gave no answer */

  /* Refusals: each has a code, seen by bg_refusal_code(), in the order in
   * which a token is checked (docs/PROTOCOL.token.md). */
  BG_REFUSED_TOO_LONG,
  BG_REFUSED_MALFORMED,
  BG_REFUSED_UNTRUSTED_KEY,
  BG_REFUSED_BAD_SIGNATURE,
  BG_REFUSED_SIGNATURES_MISSING,
  BG_REFUSED_BAD_CLAIMS,
  BG_REFUSED_WRONG_ISSUER,
  BG_REFUSED_SELF_APPROVED,
  BG_REFUSED_WRONG_HOST,
  BG_REFUSED_WRONG_LOGIN,
  BG_REFUSED_WINDOW_TOO_LONG,
  BG_REFUSED_NOT_YET_VALID,
  BG_REFUSED_EXPIRED,
  BG_REFUSED_CLOCK_UNTRUSTED,
  BG_REFUSED_WRONG_CHALLENGE,
  BG_REFUSED_ISSUED_BEFORE_BOOT,
  BG_REFUSED_WRONG_SOURCE,
  BG_REFUSED_WRONG_HOLDER,
  BG_REFUSED_REVOKED,
  BG_REFUSED_ALREADY_USED,
  /* Refusals of the gate itself. */
  BG_REFUSED_NO_TOKEN,
  BG_REFUSED_NO_GRANT,
  BG_REFUSED_CONFIG,
  BG_REFUSED_AUDIT_UNAVAILABLE,
  BG_REFUSED_TAINT_FAILED,
  BG_REFUSED_ACK_TIMEOUT,
  BG_REFUSED_STATE_FAILED,

  BG_ERROR_COUNT
};

/* A short English sentence part ("out of memory"), never NULL, static. */
const char *bg_strerror(enum bg_error err);

/* The wire code of a refusal ("too-long"), static; NULL for anything else. */
const char *bg_refusal_code(enum bg_error err);

/* True for a refusal for a reason of time, which the challenge can heal. */
_Bool bg_refusal_is_time(enum bg_error err);

#endif
