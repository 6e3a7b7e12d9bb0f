/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "words.h"

#include <string.h>

#include "ini.h"

static bool is_separator(uint8_t byte) {
  return byte == ' ' || byte == ',';
}

bool bg_conf_next_word(struct bg_bytes *list, struct bg_bytes *ret_word) {
  size_t from = 0;
  while (from < list->len && is_separator(list->data[from])) {
    from++;
  }
  size_t to = from;
  while (to < list->len && !is_separator(list->data[to])) {
    to++;
  }
  if (from == to) {
    return false;
  }
  *ret_word = bg_bytes(list->data + from, to - from);
  *list = bg_bytes(list->data + to, list->len - to);
  return true;
}

struct bg_bytes bg_conf_cut(struct bg_bytes *text, char separator) {
  const uint8_t *end = text->len > 0 ? memchr(text->data, separator, text->len) : NULL;
  size_t len = end != NULL ? (size_t)(end - text->data) : text->len;
  size_t skip = end != NULL ? len + 1 : len;
  struct bg_bytes part = bg_ini_trim(bg_bytes(text->data, len));
  *text = bg_bytes(text->data + skip, text->len - skip);
  return part;
}
