/* SPDX-License-Identifier: BSD-2-Clause */
/* Deterministic CBOR (RFC 8949 section 4.2), read strictly and written.
 * Anything not deterministic is BG_ERR_SYNTAX: indefinite lengths, longer than
 * shortest integers, unsorted or duplicate map keys, floats, simple values.
 * Reaches only buf.h. */
#ifndef BREAKGLASS_CBOR_H
#define BREAKGLASS_CBOR_H

#include "breakglass/buf.h"

#define BG_CBOR_MAX_DEPTH 6

/* A cursor over bytes that outlive it. Each reader call consumes one head (and
 * its string); on error the cursor stands where it stood. */
struct bg_cbor {
  const uint8_t *at;
  const uint8_t *end;
};

struct bg_cbor bg_cbor_reader(struct bg_bytes bytes);
bool bg_cbor_at_end(const struct bg_cbor *reader);

/* Whether all of bytes is exactly one deterministic item, nested at most
 * BG_CBOR_MAX_DEPTH deep, map keys sorted bytewise and unique, text UTF-8. */
BG_MUST_USE enum bg_error bg_cbor_check(struct bg_bytes bytes);

/* BG_ERR_SYNTAX for another type or a broken head, BG_ERR_RANGE for an integer
 * that int64_t cannot hold. */
BG_MUST_USE enum bg_error bg_cbor_int(struct bg_cbor *reader, int64_t *ret_value);
BG_MUST_USE enum bg_error bg_cbor_bytes(struct bg_cbor *reader, struct bg_bytes *ret_bytes);
BG_MUST_USE enum bg_error bg_cbor_text(struct bg_cbor *reader, struct bg_bytes *ret_text);
BG_MUST_USE enum bg_error bg_cbor_array(struct bg_cbor *reader, size_t *ret_count);
BG_MUST_USE enum bg_error bg_cbor_map(struct bg_cbor *reader, size_t *ret_pairs);
BG_MUST_USE enum bg_error bg_cbor_tag(struct bg_cbor *reader, uint64_t *ret_tag);
/* Whether the next item is a text string (or an integer, ...): major type 0-7, -1 at the end. */
int bg_cbor_peek(const struct bg_cbor *reader);

void bg_cbor_put_int(struct bg_buf *buf, int64_t value);
void bg_cbor_put_bytes(struct bg_buf *buf, struct bg_bytes bytes);
void bg_cbor_put_text(struct bg_buf *buf, const char *text);
void bg_cbor_put_array(struct bg_buf *buf, size_t count);
/* The caller writes the pairs in the order of their keys' encodings. */
void bg_cbor_put_map(struct bg_buf *buf, size_t pairs);
void bg_cbor_put_tag(struct bg_buf *buf, uint64_t tag);

#endif
