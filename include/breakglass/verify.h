/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether a token opens this host, here, now, for this person: a pure decision
 * over what it is handed. It reads no file and no clock and consumes nothing.
 * Reaches core, ssh, token.h, revocations.h. */
#ifndef BREAKGLASS_VERIFY_H
#define BREAKGLASS_VERIFY_H

#include "breakglass/revocations.h"

#define BG_GROUPS_MAX 16
#define BG_ALTERNATIVES_MAX 4

/* One way to have enough signatures: "issuer:1+approver:1". */
struct bg_quorum {
  unsigned issuers;
  unsigned approvers;
};

/* The part of the host's policy that tokens are judged by. */
struct bg_token_policy {
  struct bg_quorum quorums[BG_ALTERNATIVES_MAX];
  size_t quorum_count;
  bool holder_key_required; /* over SSH */
  bool hardware_approvers;  /* approver_keys = sk */
  bool group_audience;
  bool challenge;
  bool revocations_required; /* revocations = require */
  int64_t longest_window;    /* seconds */
  int64_t clock_skew;        /* seconds */
};

struct bg_verify_request {
  const char *token;
  const struct bg_token_policy *policy;
  const struct bg_trusted_signers *signers;
  const char *host_id;
  const char (*groups)[BG_NAME_SIZE];
  size_t group_count;
  const char *login;
  const struct bg_ssh_key *holder;            /* the key sshd verified; NULL on a console */
  const char *address;                        /* numeric source address; NULL if there is none */
  int64_t now;                                /* Unix seconds */
  int64_t mark;                               /* latest vouched time; 0 if none */
  const uint8_t (*challenges)[BG_NONCE_SIZE]; /* those in force */
  size_t challenge_count;
  int64_t epoch; /* the spent store's begin, Unix seconds; 0: not judged */
  /* Whether the disk proves that a token older than the epoch is unused; NULL: it never does. */
  bool (*proves_unused)(void *context, const uint8_t id[static BG_TOKEN_ID_SIZE],
                        int64_t issued_at);
  /* What was taken back, verified by the same signers, or NULL if there is no good list; asked only
   * of a token that all else would accept. One that has expired still says what is revoked, but is
   * not the one that a policy may require. NULL: there is none. */
  const struct bg_revocations *(*revocations)(void *context);
  void *context; /* of both */
};

struct bg_signer { /* one person behind a good signature */
  char principal[BG_NAME_SIZE];
  enum bg_role role;
  const struct bg_trusted_key *key; /* in the request's signers */
};

/* What was found out, as far as the checks got. */
struct bg_verdict {
  bool trusted;    /* every signature is good and by a trusted key: the person may be
                      told the reason */
  bool has_claims; /* there are enough of them, and the claims are decoded */
  bool by_issuer;  /* an issuer signed, so there is a lease and a vouched issued_at */
  struct bg_claims claims;
  struct bg_signer signers[BG_SIGNATURES_MAX];
  size_t signer_count;
};

/* BG_OK, or the first refusal in the order of docs/PROTOCOL.token.md, or
 * BG_ERR_NOMEM. ret_verdict is written in every case. */
BG_MUST_USE enum bg_error bg_verify(const struct bg_verify_request *request,
                                    struct bg_verdict *ret_verdict);

/* Whether a token that bg_verify() has answered BG_OK for is revoked by now: asks for the list
 * anew, and judges nothing else. The request may have another `now`. */
bool bg_verify_is_revoked(const struct bg_verify_request *request,
                          const struct bg_verdict *verdict);

#endif
