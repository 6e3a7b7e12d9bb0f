/* SPDX-License-Identifier: BSD-2-Clause */
/* Bounded bytes: a view, and a writer into storage that its caller owns.
 * Lowest layer: reaches nothing but libc. */
#ifndef BREAKGLASS_BUF_H
#define BREAKGLASS_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "breakglass/error.h"

/* Bytes owned by somebody else; data may be NULL only when len is 0. */
struct bg_bytes {
  const uint8_t *data;
  size_t len;
};

/* Appends to fixed storage. An append that does not fit writes nothing and
 * marks the buffer as failed for good, so callers check once, at the end. */
struct bg_buf {
  uint8_t *data;
  size_t len;
  size_t cap;
  bool failed;
};

#define BG_BUF(array)                                                                              \
  (struct bg_buf) {                                                                                \
    .data = (uint8_t *)(array), .cap = sizeof(array)                                               \
  }

struct bg_bytes bg_bytes(const void *data, size_t len);
struct bg_bytes bg_bytes_of(const char *text);             /* without its NUL; NULL is empty */
bool bg_bytes_equal(struct bg_bytes a, struct bg_bytes b); /* not constant time */
bool bg_bytes_is(struct bg_bytes a, const char *text);

void bg_buf_put(struct bg_buf *buf, const void *data, size_t len);
void bg_buf_put_byte(struct bg_buf *buf, uint8_t byte);
void bg_buf_put_text(struct bg_buf *buf, const char *text); /* without NUL */
/* Needs room for a NUL that it does not count. */
void bg_buf_printf(struct bg_buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* What was written; empty if the buffer failed. */
struct bg_bytes bg_buf_view(const struct bg_buf *buf);

/* Copies a view into a C string of cap bytes, NUL included. BG_ERR_TOO_LARGE
 * if it does not fit, BG_ERR_SYNTAX if it holds a NUL; ret_text is untouched then. */
BG_MUST_USE enum bg_error bg_bytes_to_text(struct bg_bytes bytes, size_t cap, char *ret_text);

/* As much of a text as fits; NULL is the empty one. For texts whose length was judged before. */
void bg_text_fit(size_t cap, char *ret_text, const char *text);

#endif
