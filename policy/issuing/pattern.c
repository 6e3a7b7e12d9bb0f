/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "pattern.h"

#include <stdio.h>

#include "issuing.h"

#define PARTS_MAX 1000U

/* The C library writes repeats out in memory, a+ as aa*, and nested ones multiplied, so that few
 * bytes can ask for all of it: how many parts a pattern has once it is written out. */
struct size {
  unsigned sum[ISSUING_PATTERN_MAX + 1];  /* of each open group */
  unsigned last[ISSUING_PATTERN_MAX + 1]; /* the part that a repeat would be of */
  size_t depth;
};

static bool is_digit(uint8_t c) {
  return c >= '0' && c <= '9';
}

static unsigned bounded(unsigned parts) {
  return parts <= PARTS_MAX ? parts : PARTS_MAX + 1;
}

static void add(struct size *size, unsigned parts) {
  size->last[size->depth] = parts;
  size->sum[size->depth] = bounded(size->sum[size->depth] + parts);
}

static void repeat(struct size *size, unsigned times) {
  unsigned *last = &size->last[size->depth];
  unsigned more = bounded(*last * times);
  size->sum[size->depth] = bounded(size->sum[size->depth] + more - *last);
  *last = more;
}

static void open_group(struct size *size) {
  size->depth++;
  size->sum[size->depth] = size->last[size->depth] = 1;
}

static void close_group(struct size *size) {
  if (size->depth > 0) {
    size->depth--;
    add(size, size->sum[size->depth + 1]);
  }
}

/* "{2,7}" from its brace on: the larger number, and where it ends. */
static unsigned count_of(struct bg_bytes text, size_t *at) {
  unsigned most = 0;
  unsigned number = 0;
  for (; *at + 1 < text.len && (is_digit(text.data[*at + 1]) || text.data[*at + 1] == ','); ++*at) {
    uint8_t c = text.data[*at + 1];
    number = c == ',' ? 0 : bounded(number * 10 + (unsigned)(c - '0'));
    most = number > most ? number : most;
  }
  return most;
}

/* From a bracket on, to the one that closes it. */
static size_t end_of_brackets(struct bg_bytes text, size_t at) {
  at += at + 1 < text.len && text.data[at + 1] == '^' ? 2 : 1;
  at += at < text.len && text.data[at] == ']' ? 1 : 0;
  for (; at < text.len && text.data[at] != ']'; at++) {
    uint8_t kind = at + 1 < text.len && text.data[at] == '[' ? text.data[at + 1] : 0;
    if (kind == ':' || kind == '.' || kind == '=') {
      at += 2;
      while (at + 1 < text.len && (text.data[at] != kind || text.data[at + 1] != ']')) {
        at++;
      }
      at++;
    }
  }
  return at;
}

static bool is_too_large(struct bg_bytes text) {
  struct size size = {.sum = {0}};
  for (size_t i = 0; i < text.len; i++) {
    switch (text.data[i]) {
    case '(':
      open_group(&size);
      break;
    case ')':
      close_group(&size);
      break;
    case '+':
      repeat(&size, 2);
      break;
    case '{':
      repeat(&size, count_of(text, &i) + 1);
      break;
    case '[':
      i = end_of_brackets(text, i);
      add(&size, 1);
      break;
    case '\\':
      i++;
      add(&size, 1);
      break;
    case '*':
    case '?':
      break;
    default:
      add(&size, 1);
    }
    if (size.sum[size.depth] > PARTS_MAX) {
      return true;
    }
  }
  return false;
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
  if (is_too_large(text)) {
    return "has more than 1000 parts, repeats written out";
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
