/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files about revocation lists share. */
#ifndef BREAKGLASS_REVOCATIONS_PARTS_H
#define BREAKGLASS_REVOCATIONS_PARTS_H

#include "breakglass/revocations.h"
#include "cose.h"

enum revocations_key {
  REVOCATIONS_ISSUER = 1,
  REVOCATIONS_NUMBER = 2,
  REVOCATIONS_ISSUED_AT = 3,
  REVOCATIONS_EXPIRES = 4,
  REVOCATIONS_TOKENS = 5,
  REVOCATIONS_HOLDERS = 6,
  REVOCATIONS_KEYS = 7,
  REVOCATIONS_PAIRS = 7
};

/* The encoded ids and hashes: heads, and strides from one to the next. */
#define TOKEN_HEAD 1
#define HOLDER_HEAD 2

/* Fills the list from its payload; false if that is none in every byte. */
bool revocations_decode_payload(struct bg_revocations *list);
/* The key that a signature says it is by, trusted in this role at some time; NULL if none. */
const struct bg_trusted_key *revocations_find_key(const struct bg_trusted_signers *signers,
                                                  const struct bg_signature *signature,
                                                  enum bg_role role);
bool revocations_decode_key(struct bg_cbor *reader, struct bg_revoked_key *ret_key);

#endif
