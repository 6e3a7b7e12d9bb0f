/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>
#include <sodium.h>
#include <string.h>

#include "breakglass/cbor.h"
#include "cose.h"
#include "wire.h"

#define ALPHABET "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

static bool is_array_of(struct bg_cbor *reader, size_t wanted) {
  size_t count = 0;
  return bg_cbor_array(reader, &count) == BG_OK && count == wanted;
}

static bool is_empty_bytes(struct bg_cbor *reader) {
  struct bg_bytes bytes = {0};
  return bg_cbor_bytes(reader, &bytes) == BG_OK && bytes.len == 0;
}

static bool is_empty_map(struct bg_cbor *reader) {
  size_t pairs = 0;
  return bg_cbor_map(reader, &pairs) == BG_OK && pairs == 0;
}

static bool is_int(struct bg_cbor *reader, int64_t wanted) {
  int64_t value = 0;
  return bg_cbor_int(reader, &value) == BG_OK && value == wanted;
}

static bool type_of_alg(int64_t alg, enum bg_ssh_key_type *type) {
  *type = alg == BG_ALG_ED25519      ? BG_SSH_ED25519
          : alg == BG_ALG_SK_ED25519 ? BG_SSH_SK_ED25519
                                     : BG_SSH_OTHER;
  return *type != BG_SSH_OTHER;
}

/* {1: alg, 4: kid} and nothing else. */
static bool decode_protected(struct bg_signature *signature) {
  struct bg_cbor reader = bg_cbor_reader(signature->protected);
  size_t pairs = 0;
  int64_t alg = 0;
  struct bg_bytes kid = {0};
  if (bg_cbor_map(&reader, &pairs) != BG_OK || pairs != 2 || !is_int(&reader, COSE_ALG) ||
      bg_cbor_int(&reader, &alg) != BG_OK || !type_of_alg(alg, &signature->type) ||
      !is_int(&reader, COSE_KID) || bg_cbor_bytes(&reader, &kid) != BG_OK ||
      kid.len != BG_KID_SIZE || !bg_cbor_at_end(&reader)) {
    return false;
  }
  memcpy(signature->kid, kid.data, BG_KID_SIZE);
  return true;
}

static bool has_value_of_its_kind(const struct bg_signature *signature) {
  return signature->value.len ==
         (signature->type == BG_SSH_SK_ED25519 ? SIGNATURE_SIZE_SK : SIGNATURE_SIZE_ED25519);
}

bool cose_decode_signature(struct bg_cbor *reader, struct bg_signature *ret_signature) {
  return bg_cbor_bytes(reader, &ret_signature->protected) == BG_OK &&
         decode_protected(ret_signature) && bg_cbor_bytes(reader, &ret_signature->value) == BG_OK &&
         has_value_of_its_kind(ret_signature);
}

static bool decode_signature(struct bg_cbor *reader, struct bg_signature *signature) {
  return is_array_of(reader, COSE_SIGNATURE_PARTS) &&
         bg_cbor_bytes(reader, &signature->protected) == BG_OK && decode_protected(signature) &&
         is_empty_map(reader) && bg_cbor_bytes(reader, &signature->value) == BG_OK &&
         has_value_of_its_kind(signature);
}

static bool is_repeated(const struct bg_signature *signatures, size_t index) {
  for (size_t i = 0; i < index; i++) {
    if (memcmp(signatures[i].kid, signatures[index].kid, BG_KID_SIZE) == 0) {
      return true;
    }
  }
  return false;
}

static bool decode_signatures(struct bg_cbor *reader, struct bg_signature *signatures,
                              size_t *ret_count) {
  size_t count = 0;
  if (bg_cbor_array(reader, &count) != BG_OK || count == 0 || count > BG_SIGNATURES_MAX) {
    return false;
  }
  for (size_t i = 0; i < count; i++) {
    if (!decode_signature(reader, &signatures[i]) || is_repeated(signatures, i)) {
      return false;
    }
  }
  *ret_count = count;
  return true;
}

bool cose_decode_message(struct bg_bytes bytes, struct bg_bytes *ret_payload,
                         struct bg_signature *ret_signatures, size_t *ret_count) {
  struct bg_cbor reader = bg_cbor_reader(bytes);
  uint64_t tag = 0;
  return bg_cbor_tag(&reader, &tag) == BG_OK && tag == COSE_SIGN_TAG &&
         is_array_of(&reader, COSE_SIGN_PARTS) && is_empty_bytes(&reader) &&
         is_empty_map(&reader) && bg_cbor_bytes(&reader, ret_payload) == BG_OK &&
         decode_signatures(&reader, ret_signatures, ret_count) && bg_cbor_at_end(&reader);
}

enum bg_error bg_token_decode(const char *text, struct bg_token *ret_token) {
  size_t len = strnlen(text, BG_TOKEN_TEXT_MAX + 1);
  if (len > BG_TOKEN_TEXT_MAX) {
    return BG_REFUSED_TOO_LONG;
  }
  const size_t prefix = strlen(BG_TOKEN_PREFIX);
  if (len < prefix || memcmp(text, BG_TOKEN_PREFIX, prefix) != 0) {
    return BG_REFUSED_MALFORMED;
  }
  /* libsodium refuses padding and trailing bits that are not zero, but takes
   * some bytes above 127 for letters. */
  if (strspn(text + prefix, ALPHABET) != len - prefix ||
      sodium_base642bin(ret_token->bytes, sizeof ret_token->bytes, text + prefix, len - prefix,
                        NULL, &ret_token->len, NULL,
                        sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0) {
    return BG_REFUSED_MALFORMED;
  }
  return cose_decode_message(bg_bytes(ret_token->bytes, ret_token->len), &ret_token->payload,
                             ret_token->signatures, &ret_token->signature_count)
             ? BG_OK
             : BG_REFUSED_MALFORMED;
}
