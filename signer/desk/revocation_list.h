/* SPDX-License-Identifier: BSD-2-Clause */
/* What was taken back, as the signed list that anybody may have; what stands in it is in force
 * here, too. */
#ifndef SIGNER_DESK_REVOCATION_LIST_H
#define SIGNER_DESK_REVOCATION_LIST_H

#include "record.h"

struct revoked;
struct revoked *revoked_new(void); /* NULL: no memory */
void revoked_free(struct revoked *revoked);
/* Makes the list anew if something has changed or it is old; else looks once a minute whether that
 * is so. By the writer, between its transactions. Failures are logged, and tried again. */
void revoked_renew(struct desk *desk, struct ledger *ledger, bool changed);
/* The book's keys that are revoked are valid no more. Under the book's lock for writing. */
void revoked_mark_book(struct desk *desk);
bool revoked_has_holder(const struct desk *desk, const uint8_t sha256[static BG_SHA256_SIZE]);
/* Whether the request's token is revoked, or the key that it is for. */
bool revoked_has(const struct desk *desk, const struct record *record);
/* Whether a list can hold all that the ledger has now: BG_ERR_TOO_LARGE. ret_has: whether this key
 * is among it; may be NULL. Under the book's lock. */
BG_MUST_USE enum bg_error list_try(const struct desk *desk, struct ledger *ledger,
                                   const uint8_t *sha256, bool *ret_has);

#endif
