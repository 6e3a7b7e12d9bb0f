/* SPDX-License-Identifier: BSD-2-Clause */
/* What `breakglass status` found out, and how it is shown. */
#ifndef BREAKGLASS_CLI_STATUS_VIEW_H
#define BREAKGLASS_CLI_STATUS_VIEW_H

#include <jansson.h>

#include "breakglass/grant.h"
#include "sealed.h"
#include "taint_fold.h"

struct status_view {
  bool sealed_asked; /* sshd and others tell their configuration to root alone */
  enum sealed sealed;
  json_t *findings; /* array of {kind, text}: what is wrong with the seal */
  bool has_events;  /* this user may read them, so fold is whole */
  struct taint_fold fold;
  json_t *agent;       /* what it says; NULL: asked by somebody who may not know */
  json_t *revocations; /* of revocations_view_read(); NULL likewise */
  json_t *sessions;    /* array of objects, as in run/tainted; for root with state, too */
};

void status_print(const struct status_view *view);
void status_print_json(const struct status_view *view);

#endif
