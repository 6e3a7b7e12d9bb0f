/* SPDX-License-Identifier: BSD-2-Clause */
#include "breakglass/text.h"

#include <string.h>

static bool is_digit(uint8_t byte) {
  return byte >= '0' && byte <= '9';
}

enum bg_error bg_parse_uint(struct bg_bytes text, int64_t min, int64_t max, int64_t *ret_value) {
  if (text.len == 0 || (text.len > 1 && text.data[0] == '0')) {
    return BG_ERR_SYNTAX;
  }
  int64_t value = 0;
  bool overflow = false;
  for (size_t i = 0; i < text.len; i++) {
    if (!is_digit(text.data[i])) {
      return BG_ERR_SYNTAX;
    }
    overflow = overflow || __builtin_mul_overflow(value, 10, &value) ||
               __builtin_add_overflow(value, text.data[i] - '0', &value);
  }
  if (overflow || value < min || value > max) {
    return BG_ERR_RANGE;
  }
  *ret_value = value;
  return BG_OK;
}

static int64_t unit_seconds(uint8_t unit) {
  switch (unit) {
  case 's':
    return 1;
  case 'm':
    return 60;
  case 'h':
    return 3600;
  case 'd':
    return 86400;
  default:
    return 0;
  }
}

enum bg_error bg_parse_duration(struct bg_bytes text, int64_t max, int64_t *ret_seconds) {
  int64_t unit = text.len > 0 ? unit_seconds(text.data[text.len - 1]) : 0;
  if (unit > 0) {
    text.len--;
  } else {
    unit = 1;
  }
  int64_t count = 0;
  enum bg_error err = bg_parse_uint(text, 1, max / unit, &count);
  if (err == BG_OK) {
    *ret_seconds = count * unit;
  }
  return err;
}

void bg_hex(struct bg_bytes bytes, char *ret_text) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < bytes.len; i++) {
    *ret_text++ = digits[bytes.data[i] >> 4];
    *ret_text++ = digits[bytes.data[i] & 0x0F];
  }
  *ret_text = '\0';
}

void bg_put_percent(struct bg_buf *buf, const char *text) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  for (; *text != '\0'; text++) {
    if (strchr(plain, *text) != NULL) {
      bg_buf_put_byte(buf, (uint8_t)*text);
    } else {
      bg_buf_printf(buf, "%%%02X", (unsigned)(unsigned char)*text);
    }
  }
}

static int hex_value(uint8_t digit) {
  if (is_digit(digit)) {
    return digit - '0';
  }
  digit |= 0x20; /* to lower case */
  return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

enum bg_error bg_parse_hex(struct bg_bytes text, size_t len, uint8_t *ret_bytes) {
  if (text.len / 2 != len || text.len % 2 != 0) {
    return BG_ERR_SYNTAX;
  }
  for (size_t i = 0; i < text.len; i++) {
    if (hex_value(text.data[i]) < 0) {
      return BG_ERR_SYNTAX;
    }
  }
  for (size_t i = 0; i < len; i++) {
    ret_bytes[i] = (uint8_t)(hex_value(text.data[2 * i]) * 16 + hex_value(text.data[2 * i + 1]));
  }
  return BG_OK;
}
