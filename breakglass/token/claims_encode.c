/* SPDX-License-Identifier: BSD-2-Clause */
#include "breakglass/cbor.h"
#include "breakglass/token.h"
#include "wire.h"

static size_t count_pairs(const struct bg_claims *claims) {
  const size_t required = 10;
  return required + claims->has_holder + claims->has_nonce + (claims->level != BG_LEVEL_NONE) +
         (claims->source_count > 0);
}

static void put_text(struct bg_buf *buf, enum claim_key key, const char *value) {
  bg_cbor_put_int(buf, key);
  bg_cbor_put_text(buf, value);
}

static void put_int(struct bg_buf *buf, enum claim_key key, int64_t value) {
  bg_cbor_put_int(buf, key);
  bg_cbor_put_int(buf, value);
}

static void put_bytes(struct bg_buf *buf, enum claim_key key, const uint8_t *value, size_t len) {
  bg_cbor_put_int(buf, key);
  bg_cbor_put_bytes(buf, bg_bytes(value, len));
}

static void put_audience(struct bg_buf *buf, const struct bg_claims *claims) {
  bg_cbor_put_int(buf, CLAIM_AUDIENCE);
  if (claims->audience_count != 1) {
    bg_cbor_put_array(buf, claims->audience_count);
  }
  for (size_t i = 0; i < claims->audience_count; i++) {
    bg_cbor_put_text(buf, claims->audiences[i]);
  }
}

static void put_numbered(struct bg_buf *buf, const struct bg_claims *claims) {
  put_text(buf, CLAIM_ISSUER, claims->issuer);
  put_text(buf, CLAIM_SUBJECT, claims->subject);
  put_audience(buf, claims);
  put_int(buf, CLAIM_EXPIRES, claims->expires);
  put_int(buf, CLAIM_NOT_BEFORE, claims->not_before);
  put_int(buf, CLAIM_ISSUED_AT, claims->issued_at);
  put_bytes(buf, CLAIM_ID, claims->id, sizeof claims->id);
  if (claims->has_holder) {
    bg_cbor_put_int(buf, CLAIM_HOLDER);
    bg_cbor_put_map(buf, 1);
    bg_cbor_put_int(buf, HOLDER_SHA256);
    bg_cbor_put_bytes(buf, bg_bytes(claims->holder, sizeof claims->holder));
  }
  if (claims->has_nonce) {
    put_bytes(buf, CLAIM_NONCE, claims->nonce, sizeof claims->nonce);
  }
}

static void put_named(struct bg_buf *buf, const struct bg_claims *claims) {
  if (claims->level != BG_LEVEL_NONE) {
    bg_cbor_put_text(buf, CLAIM_LEVEL);
    bg_cbor_put_int(buf, claims->level);
  }
  bg_cbor_put_text(buf, CLAIM_LONGEST);
  bg_cbor_put_int(buf, claims->longest);
  if (claims->source_count > 0) {
    bg_cbor_put_text(buf, CLAIM_SOURCE);
    bg_cbor_put_array(buf, claims->source_count);
    for (size_t i = 0; i < claims->source_count; i++) {
      bg_cbor_put_text(buf, claims->sources[i]);
    }
  }
  bg_cbor_put_text(buf, CLAIM_REASON);
  bg_cbor_put_text(buf, claims->reason);
  bg_cbor_put_text(buf, CLAIM_LOGIN);
  bg_cbor_put_text(buf, claims->login);
}

enum bg_error bg_claims_encode(const struct bg_claims *claims, struct bg_buf *buf) {
  const struct bg_buf before = *buf;
  if (claims->audience_count > BG_SCOPES_MAX || claims->source_count > BG_SCOPES_MAX) {
    return BG_ERR_RANGE;
  }
  bg_cbor_put_map(buf, count_pairs(claims));
  put_numbered(buf, claims);
  put_named(buf, claims);
  if (buf->failed) {
    return BG_ERR_TOO_LARGE;
  }
  /* The reader is the one place that knows all rules. */
  struct bg_claims read_back;
  if (bg_claims_decode(bg_bytes(buf->data + before.len, buf->len - before.len), &read_back) !=
      BG_OK) {
    *buf = before;
    return BG_ERR_RANGE;
  }
  return BG_OK;
}
