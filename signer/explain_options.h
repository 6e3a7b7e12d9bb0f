/* SPDX-License-Identifier: BSD-2-Clause */
/* The wish that explain is asked about. */
#ifndef SIGNER_EXPLAIN_OPTIONS_H
#define SIGNER_EXPLAIN_OPTIONS_H

#include "breakglass/issuing.h"

struct explain_options {
  const char *config; /* NULL: the host's files */
  bool json;
  char hosts[BG_SCOPES_MAX][BG_NAME_SIZE];
  struct bg_issuing_wish wish; /* its hosts are those above */
};

/* False after saying what is wrong. */
bool explain_parse(int argc, char **argv, struct explain_options *ret_options);

#endif
