/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers of the wire format that reader and writer share (docs/PROTOCOL.token.md). */
#ifndef BREAKGLASS_TOKEN_WIRE_H
#define BREAKGLASS_TOKEN_WIRE_H

#define COSE_SIGN_TAG 98
#define COSE_SIGN_PARTS 4      /* protected, unprotected, payload, signatures */
#define COSE_SIGNATURE_PARTS 3 /* protected, unprotected, signature */
#define COSE_ALG 1
#define COSE_KID 4

#define SIGNATURE_SIZE_ED25519 64
#define SIGNATURE_SIZE_SK 69 /* signature, flags, counter */

enum claim_key {
  CLAIM_ISSUER = 1,
  CLAIM_SUBJECT = 2,
  CLAIM_AUDIENCE = 3,
  CLAIM_EXPIRES = 4,
  CLAIM_NOT_BEFORE = 5,
  CLAIM_ISSUED_AT = 6,
  CLAIM_ID = 7,
  CLAIM_HOLDER = 8,
  CLAIM_NONCE = 10,
};
#define CLAIM_LEVEL "lvl"
#define CLAIM_LONGEST "max"
#define CLAIM_SOURCE "src"
#define CLAIM_REASON "why"
#define CLAIM_LOGIN "login"

#define HOLDER_SHA256 3 /* the key inside the holder claim */

#endif
