/* SPDX-License-Identifier: BSD-2-Clause */
/* What the service answered, once there is an answer. */
#ifndef BREAKGLASS_REMOTE_ANSWER_H
#define BREAKGLASS_REMOTE_ANSWER_H

#include "breakglass/json_read.h"
#include "service.h"

/* Says why an answer that is no success is none, in one line; returns the exit code: CLI_REFUSED
 * where the service itself refused. */
int answer_refused(const struct service *service, const struct answer *answer);

/* The JSON of a success; NULL after saying that it is none, or has control characters in a text. */
json_t *answer_json(const struct service *service, const struct answer *answer);

/* service_perform(), and the JSON of its answer. */
int answer_fetch(struct service *service, const struct service_call *call, json_t **ret_root);

/* Says that an answer is none of this protocol; CLI_FAILED. */
int answer_is_nonsense(const struct service *service, const char *what);

#endif
