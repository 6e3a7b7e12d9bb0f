/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "lines.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/text.h"

size_t lines_count(struct bg_bytes text) {
  size_t count = 0;
  for (size_t i = 0; i < text.len; i++) {
    count += text.data[i] == '\n';
  }
  return count;
}

static void clean_line(size_t len, uint8_t *line) {
  bool clean = bg_text_is_clean(bg_bytes(line, len));
  for (size_t i = 0; !clean && i < len; i++) {
    line[i] = line[i] >= ' ' && line[i] <= '~' ? line[i] : '?';
  }
}

void lines_clean(size_t len, uint8_t *text) {
  while (len > 0) {
    const uint8_t *newline = memchr(text, '\n', len);
    size_t line = newline != NULL ? (size_t)(newline - text) : len;
    clean_line(line, text);
    size_t skip = newline != NULL ? line + 1 : line;
    text += skip;
    len -= skip;
  }
}

void lines_print(size_t len, uint8_t *text) {
  if (isatty(STDOUT_FILENO) == 1) {
    lines_clean(len, text);
  }
  if (len > 0) { /* an empty answer has no bytes to point to */
    (void)fwrite(text, 1, len, stdout);
  }
}
