/* SPDX-License-Identifier: BSD-2-Clause */
/* A revocation list's bytes: the message, and once that is trusted, the payload. */
#include <string.h>

#include "revocations_parts.h"
#include "wire.h"

enum bg_error bg_revocations_parse(struct bg_bytes bytes, struct bg_revocations *ret_list) {
  memset(ret_list, 0, sizeof *ret_list);
  if (bytes.len > BG_REVOCATIONS_MAX) {
    return BG_ERR_TOO_LARGE;
  }
  ret_list->bytes = bytes;
  return cose_decode_message(bytes, &ret_list->payload, ret_list->signatures,
                             &ret_list->signature_count)
             ? BG_OK
             : BG_REFUSED_MALFORMED;
}

static bool take_key(struct bg_cbor *reader, enum revocations_key wanted) {
  int64_t key = 0;
  return bg_cbor_int(reader, &key) == BG_OK && key == (int64_t)wanted;
}

static bool decode_issuer(struct bg_cbor *reader, struct bg_revocations *list) {
  struct bg_bytes text = {0};
  return take_key(reader, REVOCATIONS_ISSUER) && bg_cbor_text(reader, &text) == BG_OK &&
         text.len > 0 && bg_text_is_clean(text) &&
         bg_bytes_to_text(text, sizeof list->issuer, list->issuer) == BG_OK;
}

static bool decode_int(struct bg_cbor *reader, enum revocations_key key, int64_t least,
                       int64_t *value) {
  return take_key(reader, key) && bg_cbor_int(reader, value) == BG_OK && *value >= least;
}

static bool decode_times(struct bg_cbor *reader, struct bg_revocations *list) {
  return decode_int(reader, REVOCATIONS_NUMBER, 1, &list->number) &&
         decode_int(reader, REVOCATIONS_ISSUED_AT, 0, &list->issued_at) &&
         decode_int(reader, REVOCATIONS_EXPIRES, 0, &list->expires) &&
         list->expires <= BG_TIME_MAX && list->issued_at <= BG_TIME_MAX &&
         list->expires - list->issued_at == BG_REVOCATIONS_LIFE;
}

/* Strings of one length, sorted, none twice. */
static bool decode_sorted(struct bg_cbor *reader, enum revocations_key key, size_t len,
                          const uint8_t **ret_first, size_t *ret_count) {
  struct bg_bytes before = {0};
  if (!take_key(reader, key) || bg_cbor_array(reader, ret_count) != BG_OK) {
    return false;
  }
  *ret_first = reader->at;
  for (size_t i = 0; i < *ret_count; i++) {
    struct bg_bytes found = {0};
    if (bg_cbor_bytes(reader, &found) != BG_OK || found.len != len ||
        (i > 0 && memcmp(before.data, found.data, len) >= 0)) {
      return false;
    }
    before = found;
  }
  return true;
}

static bool is_array_of(struct bg_cbor *reader, size_t wanted) {
  size_t count = 0;
  return bg_cbor_array(reader, &count) == BG_OK && count == wanted;
}

bool revocations_decode_key(struct bg_cbor *reader, struct bg_revoked_key *ret_key) {
  struct bg_bytes sha256 = {0};
  if (!is_array_of(reader, 2) || bg_cbor_bytes(reader, &sha256) != BG_OK ||
      sha256.len != BG_SHA256_SIZE || !is_array_of(reader, BG_REVOKERS)) {
    return false;
  }
  memcpy(ret_key->sha256, sha256.data, sizeof ret_key->sha256);
  for (size_t i = 0; i < BG_REVOKERS; i++) {
    if (!is_array_of(reader, 2) || !cose_decode_signature(reader, &ret_key->signatures[i])) {
      return false;
    }
  }
  return true;
}

static bool decode_keys(struct bg_cbor *reader, struct bg_revocations *list) {
  struct bg_revoked_key before = {0};
  size_t count = 0;
  if (!take_key(reader, REVOCATIONS_KEYS) || bg_cbor_array(reader, &count) != BG_OK ||
      count > BG_REVOKED_KEYS_MAX) {
    return false;
  }
  for (size_t i = 0; i < count; i++) {
    struct bg_revoked_key key = {0};
    list->keys[i] = (uint32_t)(reader->at - list->payload.data);
    if (!revocations_decode_key(reader, &key) ||
        (i > 0 && memcmp(before.sha256, key.sha256, sizeof key.sha256) >= 0)) {
      return false;
    }
    before = key;
  }
  list->key_count = count;
  return true;
}

bool revocations_decode_payload(struct bg_revocations *list) {
  struct bg_cbor reader = bg_cbor_reader(list->payload);
  size_t pairs = 0;
  return bg_cbor_map(&reader, &pairs) == BG_OK && pairs == REVOCATIONS_PAIRS &&
         decode_issuer(&reader, list) && decode_times(&reader, list) &&
         decode_sorted(&reader, REVOCATIONS_TOKENS, BG_TOKEN_ID_SIZE, &list->tokens,
                       &list->token_count) &&
         decode_sorted(&reader, REVOCATIONS_HOLDERS, BG_SHA256_SIZE, &list->holders,
                       &list->holder_count) &&
         decode_keys(&reader, list) && bg_cbor_at_end(&reader);
}

void bg_revocations_key(const struct bg_revocations *list, size_t index,
                        struct bg_revoked_key *ret_key) {
  struct bg_cbor reader = {.at = list->payload.data + list->keys[index],
                           .end = list->payload.data + list->payload.len};
  (void)revocations_decode_key(&reader, ret_key); /* it was read before */
}
