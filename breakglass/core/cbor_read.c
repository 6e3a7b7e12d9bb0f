/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "breakglass/cbor.h"
#include "breakglass/text.h"
#include "cbor_major.h"

struct bg_cbor bg_cbor_reader(struct bg_bytes bytes) {
  return (struct bg_cbor){.at = bytes.data,
                          .end = bytes.len > 0 ? bytes.data + bytes.len : bytes.data};
}

bool bg_cbor_at_end(const struct bg_cbor *reader) {
  return reader->at == reader->end;
}

int bg_cbor_peek(const struct bg_cbor *reader) {
  return bg_cbor_at_end(reader) ? -1 : *reader->at >> 5;
}

static size_t remaining(const struct bg_cbor *reader) {
  return (size_t)(reader->end - reader->at);
}

/* The argument of the head at the front, in its shortest form only. */
static enum bg_error read_argument(struct bg_cbor *reader, uint64_t *ret_value) {
  unsigned info = *reader->at & 0x1FU;
  if (info < 24) {
    reader->at++;
    *ret_value = info;
    return BG_OK;
  }
  size_t len = info <= 27 ? (size_t)1 << (info - 24) : 0;
  if (len == 0 || remaining(reader) - 1 < len) {
    return BG_ERR_SYNTAX;
  }
  uint64_t value = 0;
  for (size_t i = 1; i <= len; i++) {
    value = value << 8 | reader->at[i];
  }
  /* What the form of half the length could hold. */
  if (len == 1 ? value < 24 : value >> (len * 4) == 0) {
    return BG_ERR_SYNTAX;
  }
  reader->at += 1 + len;
  *ret_value = value;
  return BG_OK;
}

/* A head of this major type; the cursor moves only on success. */
static enum bg_error read_head(struct bg_cbor *reader, enum cbor_major major, uint64_t *ret_value) {
  return bg_cbor_peek(reader) == (int)major ? read_argument(reader, ret_value) : BG_ERR_SYNTAX;
}

enum bg_error bg_cbor_int(struct bg_cbor *reader, int64_t *ret_value) {
  struct bg_cbor copy = *reader;
  bool negative = bg_cbor_peek(reader) == CBOR_NEGATIVE;
  uint64_t value = 0;
  enum bg_error err = read_head(&copy, negative ? CBOR_NEGATIVE : CBOR_UNSIGNED, &value);
  if (err != BG_OK) {
    return err;
  }
  if (value > INT64_MAX) {
    return BG_ERR_RANGE;
  }
  *reader = copy;
  *ret_value = negative ? -1 - (int64_t)value : (int64_t)value;
  return BG_OK;
}

static enum bg_error read_string(struct bg_cbor *reader, enum cbor_major major,
                                 struct bg_bytes *ret_bytes) {
  struct bg_cbor copy = *reader;
  uint64_t len = 0;
  enum bg_error err = read_head(&copy, major, &len);
  if (err != BG_OK || len > remaining(&copy)) {
    return BG_ERR_SYNTAX;
  }
  *ret_bytes = bg_bytes(copy.at, (size_t)len);
  copy.at += len;
  *reader = copy;
  return BG_OK;
}

enum bg_error bg_cbor_bytes(struct bg_cbor *reader, struct bg_bytes *ret_bytes) {
  return read_string(reader, CBOR_BYTES, ret_bytes);
}

enum bg_error bg_cbor_text(struct bg_cbor *reader, struct bg_bytes *ret_text) {
  struct bg_cbor copy = *reader;
  struct bg_bytes text = {0};
  if (read_string(&copy, CBOR_TEXT, &text) != BG_OK || !bg_text_is_utf8(text)) {
    return BG_ERR_SYNTAX;
  }
  *reader = copy;
  *ret_text = text;
  return BG_OK;
}

/* A count of items of which each needs at least width bytes: more than can
 * follow are refused here, so that no caller loops over them. */
static enum bg_error read_count(struct bg_cbor *reader, enum cbor_major major, size_t width,
                                size_t *ret_count) {
  struct bg_cbor copy = *reader;
  uint64_t count = 0;
  enum bg_error err = read_head(&copy, major, &count);
  if (err != BG_OK || count > remaining(&copy) / width) {
    return BG_ERR_SYNTAX;
  }
  *reader = copy;
  *ret_count = (size_t)count;
  return BG_OK;
}

enum bg_error bg_cbor_array(struct bg_cbor *reader, size_t *ret_count) {
  return read_count(reader, CBOR_ARRAY, 1, ret_count);
}

enum bg_error bg_cbor_map(struct bg_cbor *reader, size_t *ret_pairs) {
  return read_count(reader, CBOR_MAP, 2, ret_pairs);
}

enum bg_error bg_cbor_tag(struct bg_cbor *reader, uint64_t *ret_tag) {
  return read_head(reader, CBOR_TAG, ret_tag);
}

static enum bg_error check_item(struct bg_cbor *reader, unsigned depth);

static enum bg_error check_array(struct bg_cbor *reader, unsigned depth) {
  size_t count = 0;
  enum bg_error err = bg_cbor_array(reader, &count);
  for (size_t i = 0; err == BG_OK && i < count; i++) {
    err = check_item(reader, depth);
  }
  return err;
}

/* Encodings are free of prefixes of each other, so the common length decides. */
static bool comes_before(struct bg_bytes a, struct bg_bytes b) {
  return memcmp(a.data, b.data, a.len < b.len ? a.len : b.len) < 0;
}

static enum bg_error check_map(struct bg_cbor *reader, unsigned depth) {
  size_t pairs = 0;
  struct bg_bytes previous = {0};
  enum bg_error err = bg_cbor_map(reader, &pairs);
  for (size_t i = 0; err == BG_OK && i < pairs; i++) {
    const uint8_t *start = reader->at;
    err = check_item(reader, depth);
    struct bg_bytes key = bg_bytes(start, (size_t)(reader->at - start));
    if (err == BG_OK && i > 0 && !comes_before(previous, key)) {
      err = BG_ERR_SYNTAX;
    }
    previous = key;
    if (err == BG_OK) {
      err = check_item(reader, depth);
    }
  }
  return err;
}

static enum bg_error check_tag(struct bg_cbor *reader, unsigned depth) {
  uint64_t tag = 0;
  enum bg_error err = bg_cbor_tag(reader, &tag);
  return err == BG_OK ? check_item(reader, depth) : err;
}

/* depth counts the arrays, maps and tags around the item. */
static enum bg_error check_item(struct bg_cbor *reader, unsigned depth) {
  struct bg_bytes string = {0};
  uint64_t value = 0;
  int major = bg_cbor_peek(reader);
  if (major >= CBOR_ARRAY && depth == BG_CBOR_MAX_DEPTH) {
    return BG_ERR_SYNTAX;
  }
  switch (major) {
  case CBOR_UNSIGNED:
  case CBOR_NEGATIVE:
    return read_argument(reader, &value);
  case CBOR_BYTES:
    return bg_cbor_bytes(reader, &string);
  case CBOR_TEXT:
    return bg_cbor_text(reader, &string);
  case CBOR_ARRAY:
    return check_array(reader, depth + 1);
  case CBOR_MAP:
    return check_map(reader, depth + 1);
  case CBOR_TAG:
    return check_tag(reader, depth + 1);
  default:
    return BG_ERR_SYNTAX;
  }
}

enum bg_error bg_cbor_check(struct bg_bytes bytes) {
  struct bg_cbor reader = bg_cbor_reader(bytes);
  enum bg_error err = check_item(&reader, 0);
  return err == BG_OK && !bg_cbor_at_end(&reader) ? BG_ERR_SYNTAX : err;
}
