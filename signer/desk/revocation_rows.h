/* SPDX-License-Identifier: BSD-2-Clause */
/* What was taken back, as the ledger keeps it: a row for each token and holder, and for each
 * approver's key, by each key that has revoked it; the list is made of them. */
#ifndef SIGNER_DESK_REVOCATION_ROWS_H
#define SIGNER_DESK_REVOCATION_ROWS_H

#include "../ledger/ledger.h"
#include "breakglass/revocations.h"

#define REVOKES_TOKEN "token"
#define REVOKES_HOLDER "holder"
#define REVOKES_APPROVER "approver"

/* What a list takes of each kind: whoever fills it with one leaves room for the others. */
#define REVOKED_TOKENS_MAX 6000
#define REVOKED_HOLDERS_MAX 2500
/* What one key may have revoked at a time: tokens and holders; and approvers' keys. */
#define REVOKED_BY_ONE_MAX 500
#define REVOKED_KEYS_BY_ONE_MAX BG_REVOKED_KEYS_MAX

#define ROW_FOREVER BG_TIME_MAX

/* A token or a holder, revoked by this key. BG_ERR_EXISTS if it has done so already, for as long.
 */
BG_MUST_USE enum bg_error row_put_value(struct ledger *ledger, const char *kind, const char *hex,
                                        const struct bg_ssh_key *by, int64_t until);
/* An approver's good signature that a key is revoked. BG_ERR_EXISTS if there is one by this key. */
BG_MUST_USE enum bg_error row_put_signature(struct ledger *ledger,
                                            const uint8_t sha256[static BG_SHA256_SIZE],
                                            const struct bg_ssh_key *by, struct bg_bytes signature);
/* The number of the last list, of all services at this ledger; a row as the others are.
 * BG_ERR_EXISTS if it is not a higher one. */
BG_MUST_USE enum bg_error row_put_number(struct ledger *ledger, int64_t number);

struct key_storage {
  uint8_t protected[BG_REVOKERS][32];
  uint8_t value[BG_REVOKERS][BG_SIGNATURE_MAX];
};

/* All that is in force, sorted and each once, as a list has it. Large: on the heap. */
struct revocation_set {
  int64_t number; /* of the last list; 0: there was none */
  size_t token_count, holder_count, key_count;
  bool tokens_full, holders_full, keys_full; /* not all of these fit */
  size_t by_author, keys_by_author;          /* rows of the one who was asked about */
  uint8_t tokens[REVOKED_TOKENS_MAX][BG_TOKEN_ID_SIZE];
  uint8_t holders[REVOKED_HOLDERS_MAX][BG_SHA256_SIZE];
  struct bg_revoked_key keys[BG_REVOKED_KEYS_MAX]; /* with the signatures of two approvers */
  struct key_storage storage[BG_REVOKED_KEYS_MAX];
};
/* A key counts once two approvers of these signers have signed that; a token or a holder, if one
 * has revoked it whose own key is not revoked. What does not fit is left out, and said. author: who
 * is asked about; may be NULL. BG_ERR_NOMEM, BG_ERR_IO. Free with free(). */
BG_MUST_USE enum bg_error rows_read(struct ledger *ledger, const struct bg_trusted_signers *signers,
                                    int64_t now, const struct bg_ssh_key *author,
                                    struct revocation_set **ret_set);
bool set_has_token(const struct revocation_set *set, const uint8_t id[static BG_TOKEN_ID_SIZE]);
bool set_has_holder(const struct revocation_set *set, const uint8_t sha256[static BG_SHA256_SIZE]);
bool set_has_key(const struct revocation_set *set, const uint8_t sha256[static BG_SHA256_SIZE]);
struct bg_revocations_content set_content(const struct revocation_set *set, const char *issuer,
                                          int64_t number, int64_t issued_at);

#endif
