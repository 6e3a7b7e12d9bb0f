/* SPDX-License-Identifier: BSD-2-Clause */
/* A request as the service answers it. */
#ifndef BREAKGLASS_REMOTE_REQUEST_VIEW_H
#define BREAKGLASS_REMOTE_REQUEST_VIEW_H

#include "breakglass/json_read.h"
#include "service.h"

#define REQUEST_ID_SIZE 33
#define REQUEST_TARGET_SIZE 96

/* 32 lower-case hex digits: nothing else becomes a part of a target. */
bool request_is_id(const char *text);

struct request_view { /* texts and values are root's */
  json_t *root;
  const char *id, *state, *subject, *way, *login, *reason, *rule;
  const char *group, *level; /* may be NULL */
  json_int_t window, longest, created, approve_by, expires;
  json_t *hosts, *waits_for, *approvals;
  json_t *denial; /* NULL: not denied */
};

/* Takes root over. False if it is no request; then root is gone, too. */
bool request_view_read(json_t *root, struct request_view *ret_view);
/* Of an answer, whose bytes it frees. CLI_OK, or CLI_FAILED after saying why not. */
int request_view_take(const struct service *service, struct answer *answer,
                      struct request_view *ret_view);
void request_view_free(struct request_view *view);

/* GET /v1/requests/ID; polls: after its next change, or when the wait is over. */
int request_view_fetch(struct service *service, const char *id, bool polls,
                       struct request_view *ret_view);

#endif
