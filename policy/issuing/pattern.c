/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "pattern.h"

#include <stdio.h>

#include "issuing.h"

#define REPEATS_MAX 1000

static bool is_digit(uint8_t c) {
  return c >= '0' && c <= '9';
}

/* The C library writes counted repeats out in memory, nested ones multiplied: whether that could
 * be much. Braces that count nothing, as in brackets, are counted all the same. */
static bool repeats_too_much(struct bg_bytes text) {
  unsigned product = 1;
  unsigned number = 0;
  bool in_braces = false;
  for (size_t i = 0; i < text.len && product <= REPEATS_MAX; i++) {
    uint8_t c = text.data[i];
    if (c == '{') {
      in_braces = true;
      number = 0;
    } else if (in_braces && is_digit(c)) {
      number = number <= REPEATS_MAX ? number * 10 + (unsigned)(c - '0') : number;
    } else if (in_braces && (c == ',' || c == '}')) {
      product *= number > 1 ? number : 1;
      number = 0;
      in_braces = c == ',';
    }
  }
  return product > REPEATS_MAX;
}

/* An extension of the C library's that is no POSIX and takes exponential time. */
static bool refers_back(struct bg_bytes text) {
  for (size_t i = 0; i + 1 < text.len; i++) {
    if (text.data[i] == '\\') {
      if (is_digit(text.data[i + 1])) {
        return true;
      }
      i++;
    }
  }
  return false;
}

static const char *problem_of(struct bg_bytes text) {
  if (text.len == 0) {
    return "is empty; . is any reason";
  }
  if (text.len > ISSUING_PATTERN_MAX) {
    return "is longer than 200 bytes";
  }
  if (repeats_too_much(text)) {
    return "repeats more than 1000 times";
  }
  return refers_back(text) ? "refers back, which is not supported" : NULL;
}

bool issuing_pattern_compile(struct bg_bytes text, regex_t *ret_pattern, size_t cap,
                             char *ret_why) {
  char pattern[ISSUING_PATTERN_MAX + 1];
  const char *problem = problem_of(text);
  if (problem != NULL || bg_bytes_to_text(text, sizeof pattern, pattern) != BG_OK) {
    (void)snprintf(ret_why, cap, "%s", problem != NULL ? problem : "is too long");
    return false;
  }
  int failed = regcomp(ret_pattern, pattern, REG_EXTENDED | REG_NOSUB);
  if (failed != 0) {
    char text_of_error[128];
    (void)regerror(failed, ret_pattern, text_of_error, sizeof text_of_error);
    (void)snprintf(ret_why, cap, "is no extended regular expression: %s", text_of_error);
  }
  return failed == 0;
}
