/* SPDX-License-Identifier: BSD-2-Clause */
/* What the strict reader accepts, held against libcbor. */
#ifndef BREAKGLASS_TEST_SAME_CBOR_H
#define BREAKGLASS_TEST_SAME_CBOR_H

#include <cbor.h>
#include <stdlib.h>

#include "breakglass/cbor.h"

static bool same_item(struct bg_cbor *reader, const cbor_item_t *item);

static bool same_int(struct bg_cbor *reader, const cbor_item_t *item) {
  int64_t value = 0;
  uint64_t magnitude = cbor_get_int(item);
  enum bg_error err = bg_cbor_int(reader, &value);
  if (magnitude > INT64_MAX) {
    return err == BG_ERR_RANGE;
  }
  return err == BG_OK &&
         value == (cbor_isa_negint(item) ? -1 - (int64_t)magnitude : (int64_t)magnitude);
}

static bool same_string(struct bg_cbor *reader, const cbor_item_t *item) {
  struct bg_bytes ours = {0};
  if (cbor_isa_string(item)) {
    return bg_cbor_text(reader, &ours) == BG_OK &&
           bg_bytes_equal(ours, bg_bytes(cbor_string_handle(item), cbor_string_length(item)));
  }
  return bg_cbor_bytes(reader, &ours) == BG_OK &&
         bg_bytes_equal(ours, bg_bytes(cbor_bytestring_handle(item), cbor_bytestring_length(item)));
}

static bool same_array(struct bg_cbor *reader, const cbor_item_t *item) {
  size_t count = 0;
  bool same = bg_cbor_array(reader, &count) == BG_OK && count == cbor_array_size(item);
  for (size_t i = 0; same && i < count; i++) {
    same = same_item(reader, cbor_array_handle(item)[i]);
  }
  return same;
}

static bool same_map(struct bg_cbor *reader, const cbor_item_t *item) {
  size_t pairs = 0;
  bool same = bg_cbor_map(reader, &pairs) == BG_OK && pairs == cbor_map_size(item);
  for (size_t i = 0; same && i < pairs; i++) {
    same = same_item(reader, cbor_map_handle(item)[i].key) &&
           same_item(reader, cbor_map_handle(item)[i].value);
  }
  return same;
}

static bool same_tag(struct bg_cbor *reader, const cbor_item_t *item) {
  uint64_t tag = 0;
  cbor_item_t *inner = cbor_tag_item(item);
  bool same =
      bg_cbor_tag(reader, &tag) == BG_OK && tag == cbor_tag_value(item) && same_item(reader, inner);
  cbor_decref(&inner);
  return same;
}

static bool same_item(struct bg_cbor *reader, const cbor_item_t *item) {
  if ((int)cbor_typeof(item) != bg_cbor_peek(reader)) {
    return false;
  }
  switch (cbor_typeof(item)) {
  case CBOR_TYPE_UINT:
  case CBOR_TYPE_NEGINT:
    return same_int(reader, item);
  case CBOR_TYPE_BYTESTRING:
  case CBOR_TYPE_STRING:
    return same_string(reader, item);
  case CBOR_TYPE_ARRAY:
    return same_array(reader, item);
  case CBOR_TYPE_MAP:
    return same_map(reader, item);
  case CBOR_TYPE_TAG:
    return same_tag(reader, item);
  default:
    return false;
  }
}

/* Larger integers than ours end the comparison: they are in range for libcbor alone. */
static bool has_wide_int(const cbor_item_t *item) {
  bool wide = cbor_is_int(item) && cbor_get_int(item) > INT64_MAX;
  for (size_t i = 0; cbor_isa_array(item) && i < cbor_array_size(item); i++) {
    wide = wide || has_wide_int(cbor_array_handle(item)[i]);
  }
  for (size_t i = 0; cbor_isa_map(item) && i < cbor_map_size(item); i++) {
    wide = wide || has_wide_int(cbor_map_handle(item)[i].key) ||
           has_wide_int(cbor_map_handle(item)[i].value);
  }
  if (cbor_isa_tag(item)) {
    cbor_item_t *inner = cbor_tag_item(item);
    wide = has_wide_int(inner);
    cbor_decref(&inner);
  }
  return wide;
}

/* libcbor does not know the tags 6-20. */
static bool is_unknown_tag(struct bg_bytes bytes, const struct cbor_load_result *result) {
  return result->error.code == CBOR_ERR_MALFORMATED && result->error.position < bytes.len &&
         bytes.data[result->error.position] >= 0xC6 && bytes.data[result->error.position] <= 0xD4;
}

/* Whether libcbor reads the same value from bytes that bg_cbor_check() accepts,
 * all of them, and would write the same bytes. */
static bool same_as_libcbor(struct bg_bytes bytes) {
  struct cbor_load_result result;
  unsigned char *again = NULL;
  size_t size = 0;
  cbor_item_t *item = cbor_load(bytes.data, bytes.len, &result);
  if (item == NULL) {
    return is_unknown_tag(bytes, &result);
  }
  struct bg_cbor reader = bg_cbor_reader(bytes);
  size_t len = cbor_serialize_alloc(item, &again, &size);
  bool same = result.read == bytes.len && bg_bytes_equal(bytes, bg_bytes(again, len)) &&
              (has_wide_int(item) || (same_item(&reader, item) && bg_cbor_at_end(&reader)));
  free(again);
  cbor_decref(&item);
  return same;
}

#endif
