/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "breakglass/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct bg_bytes bg_bytes(const void *data, size_t len) {
  return (struct bg_bytes){.data = data, .len = len};
}

struct bg_bytes bg_bytes_of(const char *text) {
  return bg_bytes(text, text != NULL ? strlen(text) : 0);
}

bool bg_bytes_equal(struct bg_bytes a, struct bg_bytes b) {
  return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool bg_bytes_is(struct bg_bytes a, const char *text) {
  /* Most differ in the first byte: tables are searched with this. */
  return (a.len == 0 || a.data[0] == (uint8_t)text[0]) && bg_bytes_equal(a, bg_bytes_of(text));
}

void bg_buf_put(struct bg_buf *buf, const void *data, size_t len) {
  if (buf->failed || len > buf->cap - buf->len) {
    buf->failed = true;
    return;
  }
  if (len > 0) {
    memcpy(buf->data + buf->len, data, len);
    buf->len += len;
  }
}

void bg_buf_put_byte(struct bg_buf *buf, uint8_t byte) {
  bg_buf_put(buf, &byte, 1);
}

void bg_buf_put_text(struct bg_buf *buf, const char *text) {
  struct bg_bytes bytes = bg_bytes_of(text);
  bg_buf_put(buf, bytes.data, bytes.len);
}

void bg_buf_printf(struct bg_buf *buf, const char *format, ...) {
  if (buf->failed) {
    return;
  }
  size_t room = buf->cap - buf->len;
  va_list args;
  va_start(args, format);
  int len = vsnprintf(room > 0 ? (char *)buf->data + buf->len : NULL, room, format, args);
  va_end(args);
  if (len < 0 || (size_t)len >= room) {
    buf->failed = true;
    return;
  }
  buf->len += (size_t)len;
}

struct bg_bytes bg_buf_view(const struct bg_buf *buf) {
  return buf->failed ? bg_bytes(NULL, 0) : bg_bytes(buf->data, buf->len);
}

enum bg_error bg_bytes_to_text(struct bg_bytes bytes, size_t cap, char *ret_text) {
  if (bytes.len >= cap) {
    return BG_ERR_TOO_LARGE;
  }
  if (bytes.len > 0) {
    if (memchr(bytes.data, '\0', bytes.len) != NULL) {
      return BG_ERR_SYNTAX;
    }
    memcpy(ret_text, bytes.data, bytes.len);
  }
  ret_text[bytes.len] = '\0';
  return BG_OK;
}

void bg_text_fit(size_t cap, char *ret_text, const char *text) {
  size_t len = text != NULL ? strnlen(text, cap - 1) : 0;
  if (len > 0) {
    memcpy(ret_text, text, len);
  }
  ret_text[len] = '\0';
}
