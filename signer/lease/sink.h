/* SPDX-License-Identifier: BSD-2-Clause */
/* Where events go: a table of one function, and what it needs. Reaches what lease.h does. */
#ifndef SIGNER_LEASE_SINK_H
#define SIGNER_LEASE_SINK_H

#include "event.h"

#define SINK_REASON_SIZE 320

struct sink {
  char name[LEASE_SINK_NAME_SIZE]; /* of its cursor, and for people */
  /* True once it has the event; false: ret_reason says why not. In bounded time; sooner once
   * `cancel` can be read. */
  bool (*deliver)(struct sink *sink, const struct lease_event *event, int cancel,
                  char ret_reason[static SINK_REASON_SIZE]);
  void (*free)(void *own);
  void *own;
};

/* A program of the folder; its texts are copied, the folder's must stay. BG_ERR_TOO_LARGE,
 * BG_ERR_NOMEM. */
struct bg_program;
BG_MUST_USE enum bg_error sink_exec_open(const struct bg_program *program, struct sink *ret_sink);
/* The texts must stay; the secret need not. BG_ERR_SYNTAX for a secret that is none, BG_ERR_NOMEM.
 */
BG_MUST_USE enum bg_error sink_webhook_open(const char *url, const char *ca, struct bg_bytes secret,
                                            struct sink *ret_sink);
void sink_close(struct sink *sink); /* of one that was opened, or zeroed */

#endif
