/* SPDX-License-Identifier: BSD-2-Clause */
/* How the delivery of leases stands, for GET /healthz and GET /metrics. */
#ifndef SIGNER_DESK_LEASES_TOLD_H
#define SIGNER_DESK_LEASES_TOLD_H

#include "state.h"

/* A line for each sink that has not got all. */
void leases_put_health(const struct desk *desk, struct bg_buf *buf);
/* Prometheus text; nothing without a sink. */
void leases_put_metrics(const struct desk *desk, struct bg_buf *buf);

#endif
