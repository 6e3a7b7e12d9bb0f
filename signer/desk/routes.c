/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "breakglass/ask.h"
#include "desk.h"
#include "routes.h"

#define APPROVAL_MAX 4096
#define DENIAL_MAX 2048
#define REVOCATION_MAX 2048

const struct http_route desk_routes[] = {
    {"POST", "/v1/requests", BG_ASK_BODY_MAX, post_request},
    {"GET", "/v1/requests", 0, get_requests},
    {"GET", "/v1/requests/{id}", 0, get_request},
    {"GET", "/v1/requests/{id}/draft", 0, get_draft},
    {"POST", "/v1/requests/{id}/approvals", APPROVAL_MAX, post_approval},
    {"POST", "/v1/requests/{id}/denials", DENIAL_MAX, post_denial},
    {"GET", "/v1/requests/{id}/token", 0, get_token},
    {"POST", "/v1/revocations", REVOCATION_MAX, post_revocation},
    {"GET", "/v1/revocations", 0, get_revocations},
    {"GET", "/v1/ledger/entries", 0, get_entries},
    {"GET", "/v1/ledger/checkpoint", 0, get_checkpoint},
    {"GET", "/v1/keys", 0, get_keys},
    {"GET", "/healthz", 0, get_health},
    {"GET", "/metrics", 0, get_metrics},
    {0},
};
