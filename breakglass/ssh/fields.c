/* SPDX-License-Identifier: BSD-2-Clause */
#include "fields.h"

static bool is_blank(uint8_t byte) {
  return byte == ' ' || byte == '\t';
}

void bg_skip(struct bg_bytes *text, size_t len) {
  if (len > 0) {
    *text = bg_bytes(text->data + len, text->len - len);
  }
}

void bg_skip_blanks(struct bg_bytes *line) {
  size_t len = 0;
  while (len < line->len && is_blank(line->data[len])) {
    len++;
  }
  bg_skip(line, len);
}

struct bg_bytes bg_take_field(struct bg_bytes *line) {
  size_t len = 0;
  bg_skip_blanks(line);
  while (len < line->len && !is_blank(line->data[len])) {
    len++;
  }
  struct bg_bytes field = bg_bytes(line->data, len);
  bg_skip(line, len);
  return field;
}
