/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "paragraph.h"

#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COLUMNS 79
#define BEFORE 3 /* columns beside the name */
#define MORE 2   /* columns before what goes on */
#define WIDEST 2 /* columns that a character takes at most */

int paragraph_columns(FILE *out) {
  struct winsize size = {0};
  const bool known = ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return known ? size.ws_col - 1 : COLUMNS;
}

static int width_of(char byte) {
  const unsigned char value = (unsigned char)byte;
  return value < 0x80 ? 1 : value >= 0xC0 ? WIDEST : 0;
}

size_t paragraph_fit(const char *text, int columns) {
  size_t i = 0;
  while (text[i] != '\0' && (columns -= width_of(text[i])) >= 0) {
    i++;
  }
  return i;
}

/* Up to a blank, if there is one. */
static size_t take_line(const char *text, int columns) {
  const size_t most = paragraph_fit(text, columns > WIDEST ? columns : WIDEST);
  size_t len = most;
  while (text[most] != '\0' && len > 0 && text[len] != ' ') {
    len--;
  }
  return len > 0 ? len : most;
}

void print_paragraph(FILE *out, int name_columns, const char *name, const char *text) {
  int columns = paragraph_columns(out);
  columns = (columns < COLUMNS ? columns : COLUMNS) - name_columns - BEFORE;
  size_t len = take_line(text, columns);
  (void)fprintf(out, "  %-*s %.*s\n", name_columns, name, (int)len, text);
  for (text += len; *(text += strspn(text, " ")) != '\0'; text += len) {
    len = take_line(text, columns - MORE);
    (void)fprintf(out, "%*s%.*s\n", name_columns + BEFORE + MORE, "", (int)len, text);
  }
}
