/* SPDX-License-Identifier: BSD-2-Clause */
/* Leases: who is to replace a host is told of each token that was issued for it, so that a host
 * which is silenced before it speaks is replaced all the same (docs/PROTOCOL.signer.md, section 7).
 * What there is to tell is read from the ledger, each sink on a thread of its own: whoever asks for
 * a token waits for none of it. Reaches core, token.h, service's JSON reading, program, ledger,
 * libcurl. */
#ifndef SIGNER_LEASE_LEASE_H
#define SIGNER_LEASE_LEASE_H

#include "../ledger/ledger.h"
#include "breakglass/token.h"

#define LEASE_PROGRAMS_MAX 16
#define LEASE_SINKS_MAX (LEASE_PROGRAMS_MAX + 1) /* and the webhook */
#define LEASE_SINK_NAME_SIZE 72
#define LEASE_SECRET_TEXT_MAX 128 /* "whsec_" and 24 to 64 bytes in base64 */

/* What the record of an issued request says. */
struct lease {
  struct bg_claims claims;
  char rule[BG_NAME_SIZE];
  char approvers[BG_SIGNATURES_MAX][BG_NAME_SIZE];
  size_t approver_count;
};

/* Reads the lease of a request that was issued, by its id. BG_ERR_NOT_FOUND and BG_ERR_SYNTAX:
 * there is none, nor will there be. Anything else: another time it may be read. */
typedef enum bg_error lease_read_fn(struct ledger *ledger, const char *request,
                                    struct lease *ret_lease);

struct leases_config {
  const char *issuer;     /* of the events */
  const char *ledger;     /* as of ledger_open() */
  const char *programs;   /* folder of the exec sinks; NULL: none */
  const char *webhook;    /* URL, as signer.conf takes it; NULL: none */
  const char *webhook_ca; /* PEM file; NULL: the system's */
  struct bg_bytes secret; /* "whsec_BASE64", a line end may follow; empty: unsigned */
  uid_t owner;            /* whose the programs may be besides root's */
  lease_read_fn *read;
  void (*log)(const char *text); /* never a secret; from any thread */
};

struct leases;

/* Starts to deliver. The configuration is copied, but for `read` and `log`, which must stay.
 * Without any sink there is nothing to do, and ret_leases gets NULL. A sink that the ledger does
 * not know begins behind the newest entry. What keeps one program from being run is logged, and no
 * failure. BG_ERR_SYNTAX for a secret that is none, those of ledger_open() and its calls,
 * BG_ERR_NOMEM. */
BG_MUST_USE enum bg_error leases_start(const struct leases_config *config,
                                       struct leases **ret_leases);
/* What is being delivered is cut short, and delivered again after the next start. Takes NULL. */
void leases_stop(struct leases *leases);

/* Couriers do not write: a commit of theirs would keep whoever asks for a token waiting. How far
 * they are goes along with a transaction of the caller's, who is one thread. What is not written is
 * delivered again after the next start; leases_stop() writes what is left, so that thread has ended
 * by then. NULL owes nothing. */
bool leases_owe_cursors(struct leases *leases);
/* Within a transaction. Errors are those of ledger_cursor_put(). */
BG_MUST_USE enum bg_error leases_put_cursors(struct leases *leases, struct ledger *ledger);
/* What was put last is on disk. */
void leases_cursors_kept(struct leases *leases);

/* How a sink stands, as of about a second ago. */
struct lease_state {
  char sink[LEASE_SINK_NAME_SIZE]; /* "exec.NAME", "webhook" */
  int64_t waiting;                 /* events */
  int64_t since;                   /* when the oldest of them was issued, Unix seconds; 0: none */
  uint64_t delivered, failures;    /* since the start */
};
/* The number of sinks, and how each stands. NULL has none. From any thread; never waits for a sink.
 */
size_t leases_states(struct leases *leases, struct lease_state ret_states[static LEASE_SINKS_MAX]);

#endif
