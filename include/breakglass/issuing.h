/* SPDX-License-Identifier: BSD-2-Clause */
/* signer.conf(5): the settings of the signing service, and its rules: who may have which token,
 * after whose approval. Read from the vendor's and the admin's files, each key overriding. Deciding
 * is a pure function over what it is handed. Reaches core, token.h, and what policy/ shares between
 * its two readers. */
#ifndef BREAKGLASS_ISSUING_H
#define BREAKGLASS_ISSUING_H

#include "breakglass/policy.h"

#define BG_NEEDS_MAX 4 /* groups whose approvals are ANDed; a token has room for 4 approvers */

struct bg_issuing; /* opaque: all of signer.conf */

/* [signer]: how the service runs. */
struct bg_issuing_settings {
  char name[BG_NAME_SIZE];      /* issuer claim */
  char listen[BG_NAME_SIZE];    /* empty: none */
  char socket[256];             /* unix socket; empty: none */
  char certificate[256];        /* PEM */
  char key[256];                /* PEM */
  char ledger[512];             /* "sqlite:PATH", "postgres:CONNINFO" */
  char issuer_key[256];         /* "file:PATH", "agent:FINGERPRINT", "credential:NAME" */
  char old_issuer_keys[4][256]; /* public key files, named by GET /v1/keys beside the current one */
  size_t old_issuer_key_count;
  char ca_key[256];          /* of SSH certificates; empty: none are issued */
  char trusted_signers[256]; /* by default /etc/breakglass/trusted_signers */
  bool sink_exec;            /* leases go to the programs of bg_paths()->signer_sinks_dir */
  char webhook[512];         /* https://, or http:// to this machine; empty: none */
  char webhook_ca[256];      /* PEM; empty: the system's authorities */
  char webhook_secret[256];  /* "file:PATH", "credential:NAME"; empty: not signed */
};

/* Reads all files of bg_paths(), or only the named one (owned by root or the caller). All problems
 * are reported with file and line; BG_REFUSED_CONFIG if there is any. Free with bg_issuing_free().
 */
BG_MUST_USE enum bg_error bg_issuing_load(const char *file, bg_conf_problem_fn *on_problem,
                                          void *context, struct bg_issuing **ret_issuing);
void bg_issuing_free(struct bg_issuing *issuing); /* takes NULL */
const struct bg_issuing_settings *bg_issuing_settings(const struct bg_issuing *issuing);

/* Whether the person is in the group of people. */
bool bg_issuing_is_member(const struct bg_issuing *issuing, const char *group, const char *person);

/* What is wished. */
struct bg_issuing_wish {
  const char *subject;
  const char (*hosts)[BG_NAME_SIZE]; /* or a group of hosts */
  size_t host_count;
  const char *group; /* NULL: hosts are given */
  const char *login;
  const char *reason;  /* not NULL */
  int64_t window;      /* seconds */
  int64_t longest;     /* seconds */
  enum bg_level level; /* BG_LEVEL_NONE: not said */
  bool console;
  int64_t at; /* Unix seconds, for the hours of the day (UTC) */
};

struct bg_issuing_need { /* so many different people of a group */
  char group[BG_NAME_SIZE];
  unsigned count;
};

struct bg_issuing_decision {
  char rule[BG_NAME_SIZE];
  char hosts[BG_SCOPES_MAX][BG_NAME_SIZE]; /* a group expanded */
  size_t host_count;
  struct bg_issuing_need needs[BG_NEEDS_MAX]; /* none: issued at once */
  size_t need_count;
  int64_t approval_wait; /* seconds */
  enum bg_level
      level; /* the wished one, or the rule's least if that is higher; NONE if neither says */
};

/* The first rule that takes the wish decides. BG_ERR_DENIED if none does: ret_reason (cap bytes)
 * says what the nearest rule would want changed, the one that got furthest through requester,
 * hosts, login, ssh or console, hours, window, session, reason; the first of several. Of rules that
 * are not for both the person and all the hosts nothing is told, not even that there are any, or
 * whether the group exists. BG_ERR_RANGE for what no token could carry: ret_reason says what. */
BG_MUST_USE enum bg_error bg_issuing_decide(const struct bg_issuing *issuing,
                                            const struct bg_issuing_wish *wish,
                                            struct bg_issuing_decision *ret_decision, size_t cap,
                                            char *ret_reason);

/* For people: each rule in order, and why it takes the wish or does not. */
typedef void bg_issuing_line_fn(void *context, const char *rule, bool takes, const char *why);
void bg_issuing_explain(const struct bg_issuing *issuing, const struct bg_issuing_wish *wish,
                        bg_issuing_line_fn *on_line, void *context);

/* Whether these people are enough: one person counts for one need only, somebody who is named twice
 * counts once, the subject for nothing. ret_missing (BG_NEEDS_MAX numbers, one a need; may be NULL)
 * gets how many each still wants, in an assignment that satisfies as many as can be. A decision
 * that is all zeros is approved by nobody; so is a need whose group is there no more. */
bool bg_issuing_is_approved(const struct bg_issuing *issuing,
                            const struct bg_issuing_decision *decision, const char *subject,
                            const char *const *people, size_t count, unsigned *ret_missing);

#endif
