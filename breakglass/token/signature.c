/* SPDX-License-Identifier: BSD-2-Clause */
#include "breakglass/cbor.h"
#include "cose.h"
#include "wire.h"

#define SK_SUFFIX_SIZE 5 /* flags, counter */
#define TO_BE_SIGNED_MAX (BG_TOKEN_BYTES_MAX + 64)

enum bg_error bg_token_protected(const struct bg_ssh_key *key, struct bg_buf *buf) {
  if (key->type == BG_SSH_OTHER) {
    return BG_ERR_KEY;
  }
  bg_cbor_put_map(buf, 2);
  bg_cbor_put_int(buf, COSE_ALG);
  bg_cbor_put_int(buf, key->type == BG_SSH_SK_ED25519 ? BG_ALG_SK_ED25519 : BG_ALG_ED25519);
  bg_cbor_put_int(buf, COSE_KID);
  bg_cbor_put_bytes(buf, bg_bytes(key->sha256, BG_KID_SIZE));
  return buf->failed ? BG_ERR_TOO_LARGE : BG_OK;
}

void cose_put_to_be_signed(const char *aad, struct bg_bytes protected, struct bg_bytes payload,
                           struct bg_buf *buf) {
  bg_cbor_put_array(buf, 5);
  bg_cbor_put_text(buf, "Signature");
  bg_cbor_put_bytes(buf, bg_bytes(NULL, 0)); /* the body's protected header */
  bg_cbor_put_bytes(buf, protected);
  bg_cbor_put_bytes(buf, bg_bytes_of(aad));
  bg_cbor_put_bytes(buf, payload);
}

void bg_token_to_be_signed(struct bg_bytes protected, struct bg_bytes payload, struct bg_buf *buf) {
  cose_put_to_be_signed(BG_TOKEN_AAD, protected, payload, buf);
}

/* Behind the signature: flags, counter (big-endian). */
static bool sk_signature_is_good(const struct bg_ssh_key *key, const uint8_t *signature,
                                 struct bg_bytes message) {
  const uint8_t *suffix = signature + SIGNATURE_SIZE_ED25519;
  struct bg_ssh_wire wire = bg_ssh_wire(bg_bytes(suffix + 1, SK_SUFFIX_SIZE - 1));
  uint32_t counter = 0;
  return bg_ssh_wire_u32(&wire, &counter) == BG_OK &&
         bg_ssh_key_verify_sk(key, message, signature, suffix[0], counter);
}

bool cose_is_signed(const struct bg_signature *signature, const struct bg_ssh_key *key,
                    struct bg_bytes message) {
  if (signature->type != key->type) {
    return false;
  }
  switch (key->type) {
  case BG_SSH_ED25519:
    return signature->value.len == SIGNATURE_SIZE_ED25519 &&
           bg_ssh_key_verify(key, message, signature->value.data);
  case BG_SSH_SK_ED25519:
    return signature->value.len == SIGNATURE_SIZE_SK &&
           sk_signature_is_good(key, signature->value.data, message);
  case BG_SSH_OTHER:
    break;
  }
  return false;
}

bool bg_token_signature_is_good(const struct bg_signature *signature, const struct bg_ssh_key *key,
                                struct bg_bytes payload) {
  uint8_t storage[TO_BE_SIGNED_MAX];
  struct bg_buf buf = BG_BUF(storage);
  bg_token_to_be_signed(signature->protected, payload, &buf);
  return !buf.failed && cose_is_signed(signature, key, bg_buf_view(&buf));
}
