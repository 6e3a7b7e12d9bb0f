/* SPDX-License-Identifier: BSD-2-Clause */
/* What was taken back: in force here by the ledger's rows, and for hosts as a signed list that
 * anybody may have. */
#ifndef SIGNER_DESK_REVOCATION_LIST_H
#define SIGNER_DESK_REVOCATION_LIST_H

#include "record.h"

struct revoked;
struct revoked *revoked_new(void); /* NULL: no memory */
void revoked_free(struct revoked *revoked);
/* Takes into force what the ledger has, and signs it if that differs from the list or the list is
 * old: at once if something has changed, else once a minute, and sooner where it failed. By the
 * writer, between its transactions. False, and logged, if a list that says all cannot be made. */
bool revoked_renew(struct desk *desk, struct ledger *ledger, bool changed);
/* Whether the list says all that is in force, as far as was looked. */
bool revoked_is_current(const struct desk *desk);
/* The book's keys that are revoked are valid no more. Under the book's lock for writing. */
void revoked_mark_book(struct desk *desk);
/* BG_REFUSED_REVOKED; BG_ERR_BUSY if it is not known now, since the ledger could not be read. */
BG_MUST_USE enum bg_error revoked_check_holder(const struct desk *desk,
                                               const uint8_t sha256[static BG_SHA256_SIZE]);
/* The same of a token, and of the key that it is for. */
BG_MUST_USE enum bg_error revoked_check_claims(const struct desk *desk,
                                               const struct bg_claims *claims);
/* The same of the request's token. */
BG_MUST_USE enum bg_error revoked_check(const struct desk *desk, const struct record *record);

#endif
