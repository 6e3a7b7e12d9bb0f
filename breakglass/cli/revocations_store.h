/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's revocation list: looked at, and replaced by a later one. What cannot be done is said
 * on standard error; each function answers the exit code. */
#ifndef BREAKGLASS_CLI_REVOCATIONS_STORE_H
#define BREAKGLASS_CLI_REVOCATIONS_STORE_H

#include "breakglass/file.h"
#include "breakglass/revocations.h"

#define REVOCATIONS_SKEW 300 /* seconds; as much as gate.conf may allow */

/* The latest time that this host knows of, which keys and lists are judged at. */
int64_t revocations_now(void);
int revocations_load_trusted(struct bg_trusted_signers *ret_trusted);
/* The host's list, judged but for its age; free the file. BG_ERR_NOT_FOUND and others are returned
 * without a word. */
enum bg_error revocations_read(const struct bg_trusted_signers *trusted, struct bg_file *ret_file,
                               struct bg_revocations *ret_list);
/* "refused: CODE: ..." */
int revocations_refused(enum bg_error err);
/* Puts the list in the place of the host's, if it is good, of now and later than that. One that is
 * there already is no error; nor, where older_is_fine, an older one beside a list of now: services
 * that share a ledger do not make the same list at the same time. */
int revocations_install(struct bg_bytes bytes, bool older_is_fine);

#endif
