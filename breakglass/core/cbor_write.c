/* SPDX-License-Identifier: BSD-2-Clause */
#include "breakglass/cbor.h"
#include "cbor_major.h"

static unsigned argument_len(uint64_t value) {
  if (value < 24) {
    return 0;
  }
  if (value <= UINT8_MAX) {
    return 1;
  }
  if (value <= UINT16_MAX) {
    return 2;
  }
  return value <= UINT32_MAX ? 4 : 8;
}

static void put_head(struct bg_buf *buf, enum cbor_major major, uint64_t value) {
  static const uint8_t info[] = {[1] = 24, [2] = 25, [4] = 26, [8] = 27};
  unsigned len = argument_len(value);
  uint8_t head[9] = {(uint8_t)((unsigned)major << 5 | (len == 0 ? value : info[len]))};
  for (unsigned i = len; i > 0; i--) {
    head[i] = (uint8_t)value;
    value >>= 8;
  }
  bg_buf_put(buf, head, 1 + len);
}

void bg_cbor_put_int(struct bg_buf *buf, int64_t value) {
  if (value >= 0) {
    put_head(buf, CBOR_UNSIGNED, (uint64_t)value);
  } else {
    put_head(buf, CBOR_NEGATIVE, (uint64_t)(-1 - value));
  }
}

void bg_cbor_put_bytes(struct bg_buf *buf, struct bg_bytes bytes) {
  put_head(buf, CBOR_BYTES, bytes.len);
  bg_buf_put(buf, bytes.data, bytes.len);
}

void bg_cbor_put_text(struct bg_buf *buf, const char *text) {
  struct bg_bytes bytes = bg_bytes_of(text);
  put_head(buf, CBOR_TEXT, bytes.len);
  bg_buf_put(buf, bytes.data, bytes.len);
}

void bg_cbor_put_array(struct bg_buf *buf, size_t count) {
  put_head(buf, CBOR_ARRAY, count);
}

void bg_cbor_put_map(struct bg_buf *buf, size_t pairs) {
  put_head(buf, CBOR_MAP, pairs);
}

void bg_cbor_put_tag(struct bg_buf *buf, uint64_t tag) {
  put_head(buf, CBOR_TAG, tag);
}
