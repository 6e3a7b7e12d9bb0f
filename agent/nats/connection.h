/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection to a NATS server, made once and never made anew by itself: whoever started the
 * worker decides when it is tried again. Reaches libnats, and what worker.h does. */
#ifndef AGENT_NATS_CONNECTION_H
#define AGENT_NATS_CONNECTION_H

#include <nats/nats.h>

#include "../worker/worker.h"

struct connection {
  natsConnection *nats;
  jsCtx *stream;
};

/* From threads of libnats. */
struct connection_calls {
  jsPubAckHandler on_acknowledged;
  natsErrHandler on_error;
  natsConnectionHandler on_closed;
  void *context;
};

/* With TLS 1.2 or later, and the server's certificate checked, where the URL wants it. Within 5 s
 * if the resolver and the handshake are. False: ret_reason says why. */
bool connection_open(const struct bg_agent_conf *conf, const struct connection_calls *calls,
                     struct connection *ret_connection, char ret_reason[static WORKER_REASON_SIZE]);
void connection_close(struct connection *connection); /* also of one that is all zeros */

/* Which authorities count: the configured file and not the system's beside it. Before any other
 * thread runs. */
void connection_set_trust(const struct bg_agent_conf *conf);

/* What libnats says of its last failure in this thread. */
void connection_explain(natsStatus status, char ret_reason[static WORKER_REASON_SIZE]);

#endif
