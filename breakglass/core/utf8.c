/* SPDX-License-Identifier: BSD-2-Clause */
#include "utf8.h"

/* Length that the first byte announces and the bits of the code that it holds. */
static size_t lead(uint8_t byte, uint32_t *ret_bits) {
  if (byte < 0x80) {
    *ret_bits = byte;
    return 1;
  }
  if (byte >= 0xC2 && byte <= 0xDF) {
    *ret_bits = byte & 0x1FU;
    return 2;
  }
  if (byte >= 0xE0 && byte <= 0xEF) {
    *ret_bits = byte & 0x0FU;
    return 3;
  }
  if (byte >= 0xF0 && byte <= 0xF4) {
    *ret_bits = byte & 0x07U;
    return 4;
  }
  return 0;
}

static bool is_scalar(uint32_t code, size_t len) {
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  return code >= least[len] && code <= 0x10FFFF && !(code >= 0xD800 && code <= 0xDFFF);
}

size_t bg_utf8_decode(struct bg_bytes text, uint32_t *ret_code) {
  uint32_t code = 0;
  size_t len = text.len > 0 ? lead(text.data[0], &code) : 0;
  if (len == 0 || len > text.len) {
    return 0;
  }
  for (size_t i = 1; i < len; i++) {
    if ((text.data[i] & 0xC0U) != 0x80) {
      return 0;
    }
    code = code << 6 | (text.data[i] & 0x3FU);
  }
  if (!is_scalar(code, len)) {
    return 0;
  }
  *ret_code = code;
  return len;
}
