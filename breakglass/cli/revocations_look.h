/* SPDX-License-Identifier: BSD-2-Clause */
/* The revocation list that this host has, as far as it counts: for those who show it or act by it.
 * Prints nothing. */
#ifndef BREAKGLASS_CLI_REVOCATIONS_LOOK_H
#define BREAKGLASS_CLI_REVOCATIONS_LOOK_H

#include "breakglass/file.h"
#include "breakglass/revocations.h"

struct revocations_look {
  char issuer[BG_NAME_SIZE];
  int64_t number;
  int64_t issued_at, expires; /* Unix seconds */
  bool is_current;            /* whether it is of now, as revocations_now() tells that */
};

/* The list, if issuers made it whom trusted_signers names, however old it is; its views point into
 * the file, which is to be freed. BG_ERR_NOT_FOUND: the host has none. All others: it has none that
 * counts; BG_REFUSED_CONFIG if trusted_signers is wrong, or as bg_file_read(),
 * bg_revocations_parse() and bg_revocations_verify(). */
BG_MUST_USE enum bg_error revocations_of_host(struct bg_file *ret_file,
                                              struct bg_revocations *ret_list);

/* What is shown of it. Errors as above. */
BG_MUST_USE enum bg_error revocations_look(struct revocations_look *ret_look);

#endif
