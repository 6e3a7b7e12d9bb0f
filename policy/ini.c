/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "ini.h"

#include <string.h>

#include "breakglass/text.h"

static bool is_blank(uint8_t byte) {
  return byte == ' ' || byte == '\t';
}

struct bg_bytes bg_ini_trim(struct bg_bytes text) {
  while (text.len > 0 && is_blank(text.data[0])) {
    text = bg_bytes(text.data + 1, text.len - 1);
  }
  while (text.len > 0 && is_blank(text.data[text.len - 1])) {
    text.len--;
  }
  return text;
}

bool bg_ini_is_name(struct bg_bytes text, bool dashes) {
  for (size_t i = 0; i < text.len; i++) {
    uint8_t c = text.data[i];
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || (c == '-' && dashes))) {
      return false;
    }
  }
  return text.len > 0;
}

static bool is_letter_or_digit(uint8_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_host_mark(uint8_t c) {
  return c == '.' || c == '-' || c == '_' || c == ':';
}

static bool is_host_name(struct bg_bytes text) {
  for (size_t i = 0; i < text.len; i++) {
    if (!is_letter_or_digit(text.data[i]) && !is_host_mark(text.data[i])) {
      return false;
    }
  }
  return text.len > 0 && is_letter_or_digit(text.data[0]);
}

static const char *judge_key(const struct bg_ini_entry *entry, const struct bg_ini_reader *reader) {
  if (reader->hosts != NULL && bg_bytes_is(entry->section, reader->hosts)) {
    return is_host_name(entry->key) ? NULL : "a host's name has only letters, digits and . - _ :";
  }
  return bg_ini_is_name(entry->key, reader->on_section != NULL)
             ? NULL
             : "a key has only lower-case letters, digits and _";
}

/* "[name]", trimmed. What follows a broken header belongs to no section. */
static const char *parse_section(struct bg_bytes line, struct bg_ini_entry *entry,
                                 const struct bg_ini_reader *reader) {
  const char *problem = NULL;
  entry->section = bg_bytes(NULL, 0);
  struct bg_bytes name = bg_bytes(line.data + 1, line.len - 1);
  if (name.len == 0 || name.data[name.len - 1] != ']') {
    return "a section header ends in ]";
  }
  name.len--;
  if (reader->on_section != NULL) {
    problem = reader->on_section(reader->context, entry->line, name);
  } else if (!bg_ini_is_name(name, false)) {
    problem = "a section's name has only lower-case letters, digits and _";
  }
  if (problem == NULL) {
    entry->section = name;
  }
  return problem;
}

static const char *parse_entry(struct bg_bytes line, struct bg_ini_entry *entry,
                               const struct bg_ini_reader *reader) {
  const uint8_t *equals = memchr(line.data, '=', line.len);
  if (equals == NULL) {
    return "neither [section] nor key = value";
  }
  size_t at = (size_t)(equals - line.data);
  entry->key = bg_ini_trim(bg_bytes(line.data, at));
  entry->value = bg_ini_trim(bg_bytes(equals + 1, line.len - at - 1));
  const char *problem = judge_key(entry, reader);
  if (problem != NULL) {
    return problem;
  }
  if (!bg_text_is_clean(entry->value)) {
    return "the value is not UTF-8, or has control characters in it";
  }
  return entry->section.len > 0 ? NULL : "a key outside of any section";
}

static void parse_line(struct bg_bytes line, struct bg_ini_entry *entry,
                       const struct bg_ini_reader *reader) {
  const char *problem = NULL;
  if (line.len > reader->line_max) {
    problem = reader->long_line;
  } else if (line.len > 0 && memchr(line.data, '\0', line.len) != NULL) {
    problem = "a NUL byte in the line";
  } else {
    line = bg_ini_trim(line);
    if (line.len == 0 || line.data[0] == '#' || line.data[0] == ';') {
      return;
    }
    if (line.data[0] == '[') {
      problem = parse_section(line, entry, reader);
    } else {
      problem = parse_entry(line, entry, reader);
      if (problem == NULL) {
        reader->on_entry(reader->context, entry);
      }
    }
  }
  if (problem != NULL) {
    reader->on_problem(reader->context, entry->line, problem);
  }
}

void bg_ini_parse(struct bg_bytes text, const struct bg_ini_reader *reader) {
  struct bg_ini_entry entry = {0};
  while (text.len > 0) {
    const uint8_t *newline = memchr(text.data, '\n', text.len);
    size_t len = newline != NULL ? (size_t)(newline - text.data) : text.len;
    size_t skip = newline != NULL ? len + 1 : len;
    entry.line++;
    parse_line(bg_bytes(text.data, len), &entry, reader);
    text = bg_bytes(text.data + skip, text.len - skip);
  }
}
