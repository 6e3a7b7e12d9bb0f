/* SPDX-License-Identifier: BSD-2-Clause */
/* COSE_Sign messages (RFC 9052) as far as this format uses them: what tokens and revocation lists
 * share. */
#ifndef BREAKGLASS_TOKEN_COSE_H
#define BREAKGLASS_TOKEN_COSE_H

#include "breakglass/cbor.h"
#include "breakglass/token.h"

#define COSE_OVERHEAD 64 /* of a Sig_structure, beyond its payload: more than it can be */

/* A whole message: its payload, which is not looked into, and 1 to BG_SIGNATURES_MAX signatures
 * by different keys. False for anything that is not deterministic. */
bool cose_decode_message(struct bg_bytes bytes, struct bg_bytes *ret_payload,
                         struct bg_signature *ret_signatures, size_t *ret_count);
void cose_put_message(struct bg_bytes payload, const struct bg_signature *signatures, size_t count,
                      struct bg_buf *buf);
/* Protected header and value, one after the other, of a signature that stands by itself. */
bool cose_decode_signature(struct bg_cbor *reader, struct bg_signature *ret_signature);

/* Sig_structure (RFC 9052 section 4.4): the bytes that are signed; aad says what they mean. */
void cose_put_to_be_signed(const char *aad, struct bg_bytes protected, struct bg_bytes payload,
                           struct bg_buf *buf);
/* Whether the key has signed this Sig_structure. */
bool cose_is_signed(const struct bg_signature *signature, const struct bg_ssh_key *key,
                    struct bg_bytes message);

#endif
