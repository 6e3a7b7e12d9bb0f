/* SPDX-License-Identifier: BSD-2-Clause */
/* The handlers, a line a file. */
#ifndef SIGNER_DESK_ROUTES_H
#define SIGNER_DESK_ROUTES_H

#include "../http/http.h"

http_handler post_request;
http_handler post_approval, post_denial;
http_handler get_requests, get_request, get_draft, get_token;
http_handler get_entries, get_checkpoint;
http_handler post_revocation;
http_handler get_revocations;
http_handler get_keys, get_health, get_metrics;

#endif
