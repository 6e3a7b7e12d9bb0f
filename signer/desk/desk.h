/* SPDX-License-Identifier: BSD-2-Clause */
/* The signing service's business: who calls, what the rules say, what is written down before
 * anything leaves. One writer thread owns all that changes; the server's threads check signatures
 * and read. Reaches core, ssh, token, mint, service, issuing, ledger, lease, http. */
#ifndef SIGNER_DESK_H
#define SIGNER_DESK_H

#include "../http/http.h"
#include "breakglass/issuing.h"

struct desk;

struct desk_config {
  const char *file; /* signer.conf; NULL: the usual files */
  bg_conf_problem_fn *on_problem;
  void (*log)(const char *text); /* what went wrong, never a secret; from any thread */
};

/* Reads settings, rules, trusted signers and keys, opens the ledger, starts the writer and the
 * couriers of leases. Problems of
 * the configuration go to on_problem, all others to log; BG_REFUSED_CONFIG, or what failed. */
BG_MUST_USE enum bg_error desk_open(const struct desk_config *config, struct desk **ret_desk);
/* Rules and trusted signers anew; wrong ones leave the old in force. [signer] and keys are those of
 * the start. */
BG_MUST_USE enum bg_error desk_reload(struct desk *desk);
/* Answers whoever still waits, and refuses those that come later: before http_stop(). */
void desk_stop(struct desk *desk);
void desk_close(struct desk *desk); /* after http_stop(); takes NULL */
const struct bg_issuing_settings *desk_settings(const struct desk *desk);
/* Whether the writer is alive, the ledger takes what it is given, and the revocation list says all
 * that is in force. */
bool desk_is_healthy(struct desk *desk);

/* The routes of docs/PROTOCOL.signer.md; their context is the desk. */
extern const struct http_route desk_routes[];

#endif
