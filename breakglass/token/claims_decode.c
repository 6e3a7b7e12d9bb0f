/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "breakglass/cbor.h"
#include "breakglass/token.h"
#include "wire.h"

#define CBOR_TEXT 3

/* One claim: exactly one of number and name. */
struct claim {
  bool (*decode)(struct bg_cbor *reader, struct bg_claims *claims);
  const char *name;
  enum claim_key number;
  bool required;
};

static bool decode_clean(struct bg_cbor *reader, size_t size, char *text) {
  struct bg_bytes bytes = {0};
  return bg_cbor_text(reader, &bytes) == BG_OK && bytes.len > 0 && bg_text_is_clean(bytes) &&
         bg_bytes_to_text(bytes, size, text) == BG_OK;
}

static bool decode_time(struct bg_cbor *reader, int64_t *seconds) {
  return bg_cbor_int(reader, seconds) == BG_OK && *seconds >= 0 && *seconds <= BG_TIME_MAX;
}

static bool decode_exactly(struct bg_cbor *reader, size_t len, uint8_t *bytes) {
  struct bg_bytes found = {0};
  if (bg_cbor_bytes(reader, &found) != BG_OK || found.len != len) {
    return false;
  }
  memcpy(bytes, found.data, len);
  return true;
}

static bool issuer(struct bg_cbor *reader, struct bg_claims *claims) {
  return decode_clean(reader, sizeof claims->issuer, claims->issuer);
}

static bool subject(struct bg_cbor *reader, struct bg_claims *claims) {
  return decode_clean(reader, sizeof claims->subject, claims->subject);
}

static bool has_scope_after(const char *text, const char *prefix) {
  size_t len = strlen(prefix);
  return strncmp(text, prefix, len) == 0 && text[len] != '\0';
}

static bool decode_audience(struct bg_cbor *reader, struct bg_claims *claims) {
  char *text = claims->audiences[claims->audience_count];
  if (!decode_clean(reader, BG_NAME_SIZE, text) ||
      (!has_scope_after(text, "host:") && !has_scope_after(text, "group:"))) {
    return false;
  }
  claims->audience_count++;
  return true;
}

static bool decode_count(struct bg_cbor *reader, size_t *count) {
  return bg_cbor_array(reader, count) == BG_OK && *count >= 1 && *count <= BG_SCOPES_MAX;
}

static bool audience(struct bg_cbor *reader, struct bg_claims *claims) {
  size_t count = 1;
  if (bg_cbor_peek(reader) != CBOR_TEXT && !decode_count(reader, &count)) {
    return false;
  }
  while (claims->audience_count < count) {
    if (!decode_audience(reader, claims)) {
      return false;
    }
  }
  return true;
}

static bool expires(struct bg_cbor *reader, struct bg_claims *claims) {
  return decode_time(reader, &claims->expires);
}

static bool not_before(struct bg_cbor *reader, struct bg_claims *claims) {
  return decode_time(reader, &claims->not_before);
}

static bool issued_at(struct bg_cbor *reader, struct bg_claims *claims) {
  return decode_time(reader, &claims->issued_at);
}

static bool id(struct bg_cbor *reader, struct bg_claims *claims) {
  return decode_exactly(reader, sizeof claims->id, claims->id);
}

static bool holder(struct bg_cbor *reader, struct bg_claims *claims) {
  size_t pairs = 0;
  int64_t key = 0;
  claims->has_holder = bg_cbor_map(reader, &pairs) == BG_OK && pairs == 1 &&
                       bg_cbor_int(reader, &key) == BG_OK && key == HOLDER_SHA256 &&
                       decode_exactly(reader, sizeof claims->holder, claims->holder);
  return claims->has_holder;
}

static bool nonce(struct bg_cbor *reader, struct bg_claims *claims) {
  claims->has_nonce = decode_exactly(reader, sizeof claims->nonce, claims->nonce);
  return claims->has_nonce;
}

static bool level(struct bg_cbor *reader, struct bg_claims *claims) {
  int64_t value = 0;
  if (bg_cbor_int(reader, &value) != BG_OK || value < BG_LEVEL_REFRESH ||
      value > BG_LEVEL_REALLOCATE) {
    return false;
  }
  claims->level = (enum bg_level)value;
  return true;
}

static bool longest(struct bg_cbor *reader, struct bg_claims *claims) {
  return bg_cbor_int(reader, &claims->longest) == BG_OK && claims->longest >= 1 &&
         claims->longest <= INT32_MAX;
}

static bool sources(struct bg_cbor *reader, struct bg_claims *claims) {
  size_t count = 0;
  if (!decode_count(reader, &count)) {
    return false;
  }
  for (; claims->source_count < count; claims->source_count++) {
    char *text = claims->sources[claims->source_count];
    struct bg_cidr cidr;
    if (!decode_clean(reader, BG_NAME_SIZE, text) ||
        bg_parse_cidr(bg_bytes_of(text), &cidr) != BG_OK) {
      return false;
    }
  }
  return true;
}

static bool reason(struct bg_cbor *reader, struct bg_claims *claims) {
  return decode_clean(reader, sizeof claims->reason, claims->reason);
}

static bool login(struct bg_cbor *reader, struct bg_claims *claims) {
  return decode_clean(reader, sizeof claims->login, claims->login);
}

/* In the order of their keys' encodings, so one walk finds every unknown,
 * unsorted and repeated key: it is one left over. */
static const struct claim table[] = {
    {issuer, NULL, CLAIM_ISSUER, true},
    {subject, NULL, CLAIM_SUBJECT, true},
    {audience, NULL, CLAIM_AUDIENCE, true},
    {expires, NULL, CLAIM_EXPIRES, true},
    {not_before, NULL, CLAIM_NOT_BEFORE, true},
    {issued_at, NULL, CLAIM_ISSUED_AT, true},
    {id, NULL, CLAIM_ID, true},
    {holder, NULL, CLAIM_HOLDER, false},
    {nonce, NULL, CLAIM_NONCE, false},
    {level, CLAIM_LEVEL, 0, false},
    {longest, CLAIM_LONGEST, 0, true},
    {sources, CLAIM_SOURCE, 0, false},
    {reason, CLAIM_REASON, 0, true},
    {login, CLAIM_LOGIN, 0, true},
};

/* Steps over the key if it is this claim's. */
static bool take_key(struct bg_cbor *reader, const struct claim *claim) {
  struct bg_cbor after = *reader;
  struct bg_bytes name = {0};
  int64_t number = 0;
  bool found = claim->name != NULL
                   ? bg_cbor_text(&after, &name) == BG_OK && bg_bytes_is(name, claim->name)
                   : bg_cbor_int(&after, &number) == BG_OK && number == (int64_t)claim->number;
  if (found) {
    *reader = after;
  }
  return found;
}

static bool decode_map(struct bg_cbor *reader, struct bg_claims *claims) {
  size_t pairs = 0;
  size_t taken = 0;
  if (bg_cbor_map(reader, &pairs) != BG_OK) {
    return false;
  }
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    bool found = taken < pairs && take_key(reader, &table[i]);
    if (found ? !table[i].decode(reader, claims) : table[i].required) {
      return false;
    }
    taken += found;
  }
  return taken == pairs && bg_cbor_at_end(reader);
}

enum bg_error bg_claims_decode(struct bg_bytes payload, struct bg_claims *ret_claims) {
  struct bg_claims claims = {0};
  struct bg_cbor reader = bg_cbor_reader(payload);
  if (!decode_map(&reader, &claims) || claims.expires <= claims.not_before ||
      claims.issued_at > claims.expires) {
    return BG_REFUSED_BAD_CLAIMS;
  }
  *ret_claims = claims;
  return BG_OK;
}
