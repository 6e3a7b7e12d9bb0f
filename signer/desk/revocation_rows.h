/* SPDX-License-Identifier: BSD-2-Clause */
/* What was taken back, as the ledger keeps it: it has a row for each token and holder,
 * and for an approver's key one for each approver who has revoked it; the list is made of them. */
#ifndef SIGNER_DESK_REVOCATION_ROWS_H
#define SIGNER_DESK_REVOCATION_ROWS_H

#include "../ledger/ledger.h"
#include "breakglass/revocations.h"

#define REVOKES_TOKEN "token"
#define REVOKES_HOLDER "holder"
#define REVOKES_APPROVER "approver"

#define ROW_FOREVER BG_TIME_MAX

struct revocation_row {
  char kind[LEDGER_NAME_SIZE];
  char value[LEDGER_NAME_SIZE];
};
/* An approver's signature that a key is revoked. */
void row_of_signature(const uint8_t sha256[static BG_SHA256_SIZE], const struct bg_ssh_key *key,
                      struct bg_bytes signature, struct revocation_row *ret_row);

/* The number of the last list, of all services at this ledger; a row as the others are. */
enum bg_error row_put_number(struct ledger *ledger, int64_t number);

struct key_storage {
  uint8_t protected[BG_REVOKERS][32];
  uint8_t value[BG_REVOKERS][BG_SIGNATURE_MAX];
};

/* All that is in force, sorted, as a list has it. Large: on the heap. */
struct revocation_set {
  int64_t number; /* of the last list; 0: there was none */
  size_t token_count, holder_count, key_count;
  uint8_t tokens[BG_REVOCATIONS_MAX / (BG_TOKEN_ID_SIZE + 1)][BG_TOKEN_ID_SIZE];
  uint8_t holders[BG_REVOCATIONS_MAX / (BG_SHA256_SIZE + 2)][BG_SHA256_SIZE];
  struct bg_revoked_key keys[BG_REVOKED_KEYS_MAX]; /* with the signatures of two approvers */
  struct key_storage storage[BG_REVOKED_KEYS_MAX];
};
/* BG_ERR_TOO_LARGE if a list cannot hold it, BG_ERR_NOMEM, BG_ERR_IO. Free with free(). */
BG_MUST_USE enum bg_error rows_read(struct ledger *ledger, const struct bg_trusted_signers *signers,
                                    int64_t now, struct revocation_set **ret_set);
bool set_has_key(const struct revocation_set *set, const uint8_t sha256[static BG_SHA256_SIZE]);
struct bg_revocations_content set_content(const struct revocation_set *set, const char *issuer,
                                          int64_t number, int64_t issued_at);

#endif
