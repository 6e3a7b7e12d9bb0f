/* SPDX-License-Identifier: BSD-2-Clause */
/* Fetching a token that is issued. */
#ifndef BREAKGLASS_REMOTE_ISSUED_H
#define BREAKGLASS_REMOTE_ISSUED_H

#include "request_view.h"

struct issued { /* texts are root's */
  json_t *root;
  const char *token;
  const char *certificate; /* an SSH certificate line; NULL: none */
};

int issued_fetch(struct service *service, const char *id, struct issued *ret_issued);
void issued_free(struct issued *issued);

/* To standard output: the token, then the certificate if there is one. */
int issued_print(const struct issued *issued, bool json);

#endif
