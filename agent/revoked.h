/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's list of what was taken back, as far as it counts. */
#ifndef AGENT_REVOKED_H
#define AGENT_REVOKED_H

#include "breakglass/file.h"
#include "breakglass/revocations.h"

/* The list, if issuers made it whom trusted_signers names, however old it is; its views point into
 * the file, which is to be freed. BG_ERR_NOT_FOUND if there is none; BG_REFUSED_CONFIG if
 * trusted_signers is wrong; or as bg_file_read() and bg_revocations_verify(). */
BG_MUST_USE enum bg_error revoked_read(struct bg_file *ret_file, struct bg_revocations *ret_list);

#endif
