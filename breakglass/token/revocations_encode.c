/* SPDX-License-Identifier: BSD-2-Clause */
#include "revocations_parts.h"

static void put_strings(struct bg_buf *buf, enum revocations_key key, const uint8_t *first,
                        size_t len, size_t count) {
  bg_cbor_put_int(buf, key);
  bg_cbor_put_array(buf, count);
  for (size_t i = 0; i < count; i++) {
    bg_cbor_put_bytes(buf, bg_bytes(first + i * len, len));
  }
}

static void put_key(struct bg_buf *buf, const struct bg_revoked_key *key) {
  bg_cbor_put_array(buf, 2);
  bg_cbor_put_bytes(buf, bg_bytes(key->sha256, sizeof key->sha256));
  bg_cbor_put_array(buf, BG_REVOKERS);
  for (size_t i = 0; i < BG_REVOKERS; i++) {
    bg_cbor_put_array(buf, 2);
    bg_cbor_put_bytes(buf, key->signatures[i].protected);
    bg_cbor_put_bytes(buf, key->signatures[i].value);
  }
}

static void put_int(struct bg_buf *buf, enum revocations_key key, int64_t value) {
  bg_cbor_put_int(buf, key);
  bg_cbor_put_int(buf, value);
}

static void put_content(struct bg_buf *buf, const struct bg_revocations_content *content) {
  bg_cbor_put_map(buf, REVOCATIONS_PAIRS);
  bg_cbor_put_int(buf, REVOCATIONS_ISSUER);
  bg_cbor_put_text(buf, content->issuer);
  put_int(buf, REVOCATIONS_NUMBER, content->number);
  put_int(buf, REVOCATIONS_ISSUED_AT, content->issued_at);
  put_int(buf, REVOCATIONS_EXPIRES, content->issued_at + BG_REVOCATIONS_LIFE);
  put_strings(buf, REVOCATIONS_TOKENS, (const uint8_t *)content->tokens, BG_TOKEN_ID_SIZE,
              content->token_count);
  put_strings(buf, REVOCATIONS_HOLDERS, (const uint8_t *)content->holders, BG_SHA256_SIZE,
              content->holder_count);
  bg_cbor_put_int(buf, REVOCATIONS_KEYS);
  bg_cbor_put_array(buf, content->key_count);
  for (size_t i = 0; i < content->key_count; i++) {
    put_key(buf, &content->keys[i]);
  }
}

enum bg_error bg_revocations_encode(const struct bg_revocations_content *content,
                                    struct bg_buf *payload) {
  const struct bg_buf before = *payload;
  if (content->issued_at < 0 || content->issued_at > BG_TIME_MAX) {
    return BG_ERR_RANGE;
  }
  put_content(payload, content);
  if (payload->failed) {
    return BG_ERR_TOO_LARGE;
  }
  /* The reader is the one place that knows all rules. */
  struct bg_revocations read_back = {
      .payload = bg_bytes(payload->data + before.len, payload->len - before.len)};
  if (!revocations_decode_payload(&read_back)) {
    *payload = before;
    return BG_ERR_RANGE;
  }
  return BG_OK;
}

enum bg_error bg_revocations_wrap(struct bg_bytes payload, const struct bg_signature *signatures,
                                  size_t count, struct bg_buf *buf) {
  const size_t begin = buf->len;
  cose_put_message(payload, signatures, count, buf);
  return buf->failed || buf->len - begin > BG_REVOCATIONS_MAX ? BG_ERR_TOO_LARGE : BG_OK;
}

void bg_revocations_to_be_signed(struct bg_bytes protected, struct bg_bytes payload,
                                 struct bg_buf *buf) {
  cose_put_to_be_signed(BG_REVOCATIONS_AAD, protected, payload, buf);
}

void bg_revoke_key_to_be_signed(struct bg_bytes protected,
                                const uint8_t sha256[static BG_SHA256_SIZE], struct bg_buf *buf) {
  cose_put_to_be_signed(BG_REVOKE_KEY_AAD, protected, bg_bytes(sha256, BG_SHA256_SIZE), buf);
}
