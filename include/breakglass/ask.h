/* SPDX-License-Identifier: BSD-2-Clause */
/* What a person asks the signing service for, and whether a draft of a token is that and no more:
 * docs/PROTOCOL.signer.md, section 3. Shared by the service and its callers. Reaches core, token.h,
 * jansson. */
#ifndef BREAKGLASS_ASK_H
#define BREAKGLASS_ASK_H

#include "breakglass/token.h"

#define BG_ASK_BODY_MAX 8192
#define BG_ASK_WINDOW_MIN 60
#define BG_ASK_WINDOW_MAX 86400
#define BG_ASK_LONGEST_MIN 60
#define BG_ASK_LONGEST_MAX 2592000

struct bg_ask {
  bool console; /* false: over SSH, with a holder key */
  char hosts[BG_SCOPES_MAX][BG_NAME_SIZE];
  size_t host_count;        /* 0: a group is asked for */
  char group[BG_NAME_SIZE]; /* empty: hosts are */
  char login[BG_NAME_SIZE];
  char reason[BG_REASON_SIZE];
  int64_t window;                    /* seconds */
  int64_t longest;                   /* "max": seconds */
  enum bg_level level;               /* BG_LEVEL_NONE: the rule's */
  char holder_line[BG_SSH_LINE_MAX]; /* empty for a console */
  struct bg_ssh_key holder;
  char sources[BG_SCOPES_MAX][BG_NAME_SIZE];
  size_t source_count;
  bool has_nonce;
  uint8_t nonce[BG_NONCE_SIZE];
};

struct bg_ask_problem { /* what to change, for the person */
  char text[200];
};

/* Reads a body. BG_ERR_SYNTAX (no such JSON), BG_ERR_RANGE (a value that is not allowed, or
 * missing): ret_problem says what to change. ret_ask is undefined then. */
BG_MUST_USE enum bg_error bg_ask_parse(struct bg_bytes body, struct bg_ask *ret_ask,
                                       struct bg_ask_problem *ret_problem);
/* Writes the body that bg_ask_parse() reads. BG_ERR_TOO_LARGE. */
BG_MUST_USE enum bg_error bg_ask_write(const struct bg_ask *ask, struct bg_buf *buf);

/* The claims that the ask may become at most: what a draft is judged by. */
struct bg_ask_bounds {
  const char *issuer;
  const char *subject;
  int64_t called_at;    /* the signed call's time */
  int64_t longest_wait; /* for approvals, seconds */
};
/* BG_OK if the claims are what was asked for, and no more; otherwise BG_ERR_DENIED, and ret_problem
 * says what differs. Hosts of a group cannot be judged here: show them. */
BG_MUST_USE enum bg_error bg_ask_covers(const struct bg_ask *ask,
                                        const struct bg_ask_bounds *bounds,
                                        const struct bg_claims *claims,
                                        struct bg_ask_problem *ret_problem);

#endif
