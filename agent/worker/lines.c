/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void lines_read(struct lines *lines, int fd) {
  ssize_t got;
  memmove(lines->bytes, lines->bytes + lines->start, lines->len);
  lines->start = 0;
  do {
    got = read(fd, lines->bytes + lines->len, sizeof lines->bytes - lines->len);
  } while (got < 0 && errno == EINTR);
  if (got > 0) {
    lines->len += (size_t)got;
  } else {
    lines->ended = got == 0 || errno != EAGAIN;
  }
}

static void drop(struct lines *lines, size_t len) {
  lines->start += len;
  lines->len -= len;
}

/* Up to and with the next line end; 0 if there is none. */
static size_t line_len(const struct lines *lines) {
  const uint8_t *begin = lines->bytes + lines->start;
  const uint8_t *end = memchr(begin, '\n', lines->len);
  return end != NULL ? (size_t)(end - begin) + 1 : 0;
}

static bool is_passed(struct lines *lines) {
  if (lines->passing_over) {
    const size_t len = line_len(lines);
    lines->passing_over = len == 0;
    drop(lines, len > 0 ? len : lines->len);
  }
  return !lines->passing_over;
}

enum line lines_next(struct lines *lines, struct bg_bytes *ret_line) {
  if (!is_passed(lines)) {
    return LINE_NONE;
  }
  const size_t len = line_len(lines);
  if (len > 0 && len <= LINE_MAX_BYTES) {
    *ret_line = bg_bytes(lines->bytes + lines->start, len);
    drop(lines, len);
    return LINE_WHOLE;
  }
  if (len > 0) {
    drop(lines, len);
    return LINE_BROKEN;
  }
  if (lines->len >= LINE_MAX_BYTES || (lines->ended && lines->len > 0)) {
    drop(lines, lines->len);
    lines->passing_over = true;
    return LINE_BROKEN;
  }
  return LINE_NONE;
}
