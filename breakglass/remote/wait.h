/* SPDX-License-Identifier: BSD-2-Clause */
/* Waiting until a request is decided. */
#ifndef BREAKGLASS_REMOTE_WAIT_H
#define BREAKGLASS_REMOTE_WAIT_H

#include "request_view.h"

/* Until the request is no longer waiting, whose view is replaced by its last one; standard error
 * tells for whom it waits, by one live line on a terminal. CLI_OK if a token is issued, CLI_REFUSED
 * after saying that it was denied or nobody approved in time, CLI_FAILED. */
int wait_until_issued(struct service *service, struct request_view *view);

/* CLI_OK, or CLI_REFUSED after saying why this request gives no token. */
int wait_outcome(const struct request_view *view);

#endif
