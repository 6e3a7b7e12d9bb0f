/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "paragraph.h"

#include <string.h>

#define COLUMNS 79
#define WIDEST 2 /* columns that a character takes at most */

static int width_of(char byte) {
  const unsigned char value = (unsigned char)byte;
  return value < 0x80 ? 1 : value >= 0xC0 ? WIDEST : 0;
}

/* How many bytes of it fit: up to a blank, if there is one. */
static size_t take_line(const char *text, int columns) {
  size_t blank = 0;
  size_t i = 0;
  for (; text[i] != '\0'; i++) {
    blank = text[i] == ' ' ? i : blank;
    columns -= width_of(text[i]);
    if (columns < 0) {
      return blank > 0 ? blank : i;
    }
  }
  return i;
}

void print_paragraph(FILE *out, int name_columns, const char *name, const char *text) {
  const int columns = COLUMNS - name_columns - 3;
  do {
    size_t len = take_line(text, columns > WIDEST ? columns : WIDEST);
    (void)fprintf(out, "  %-*s %.*s\n", name_columns, name, (int)len, text);
    text += len;
    text += strspn(text, " ");
    name = "";
  } while (*text != '\0');
}
