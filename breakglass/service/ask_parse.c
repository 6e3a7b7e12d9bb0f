/* SPDX-License-Identifier: BSD-2-Clause */
/* What is asked, from JSON: docs/PROTOCOL.signer.md, section 3. */
#include <config.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "breakglass/ask.h"
#include "breakglass/json_read.h"

#define HOST_MAX (BG_NAME_MAX - sizeof "host:" + 1) /* as an audience of the token */

struct reading {
  struct bg_ask *ask;
  struct bg_ask_problem *problem;
};

static bool reject(const struct reading *reading, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static bool reject(const struct reading *reading, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(reading->problem->text, sizeof reading->problem->text, format, arguments);
  va_end(arguments);
  return false;
}

/* A text claim: clean, not empty, of at most max bytes. */
static bool take_text(const struct reading *reading, const char *name, const json_t *value,
                      size_t max, char *ret_text) {
  const struct bg_bytes text =
      bg_bytes(json_string_value(value), json_is_string(value) ? json_string_length(value) : 0);
  if (text.len == 0 || text.len > max || !bg_text_is_clean(text) ||
      bg_bytes_to_text(text, max + 1, ret_text) != BG_OK) {
    return reject(reading, "%s: a text of 1 to %zu bytes without control characters", name, max);
  }
  return true;
}

/* What stands in a line with others. */
static bool take_word(const struct reading *reading, const char *name, const json_t *value,
                      size_t max, char *ret_text) {
  return take_text(reading, name, value, max, ret_text) &&
         (bg_text_is_word(bg_bytes_of(ret_text)) ||
          reject(reading, "%s: letters of ASCII, no blanks", name));
}

static bool take_int(const struct reading *reading, const char *name, const json_t *value,
                     int64_t min, int64_t max, int64_t *ret_value) {
  int64_t number = json_is_integer(value) ? json_integer_value(value) : -1;
  if (number < min || number > max) {
    return reject(reading, "%s: a whole number of seconds, %lld to %lld", name, (long long)min,
                  (long long)max);
  }
  *ret_value = number;
  return true;
}

/* An array of 1 to BG_SCOPES_MAX different words of at most max bytes. */
static bool take_list(const struct reading *reading, const char *name, const json_t *value,
                      size_t max, char (*ret_texts)[BG_NAME_SIZE], size_t *ret_count) {
  size_t count = json_is_array(value) ? json_array_size(value) : 0;
  if (count == 0 || count > BG_SCOPES_MAX) {
    return reject(reading, "%s: an array of 1 to %d texts", name, BG_SCOPES_MAX);
  }
  for (size_t i = 0; i < count; i++) {
    if (!take_word(reading, name, json_array_get(value, i), max, ret_texts[i])) {
      return false;
    }
    for (size_t j = 0; j < i; j++) {
      if (strcmp(ret_texts[i], ret_texts[j]) == 0) {
        return reject(reading, "%s: the same one twice", name);
      }
    }
  }
  *ret_count = count;
  return true;
}

static bool take_for(const struct reading *reading, const json_t *value) {
  const char *text = json_string_value(value);
  bool ssh = text != NULL && strcmp(text, "ssh") == 0;
  if (!ssh && (text == NULL || strcmp(text, "console") != 0)) {
    return reject(reading, "for: \"ssh\" or \"console\"");
  }
  reading->ask->console = !ssh;
  return true;
}

static bool take_hosts(const struct reading *reading, const json_t *value) {
  return take_list(reading, "hosts", value, HOST_MAX, reading->ask->hosts,
                   &reading->ask->host_count);
}

static bool take_group(const struct reading *reading, const json_t *value) {
  return take_word(reading, "group", value, BG_NAME_MAX, reading->ask->group);
}

static bool take_login(const struct reading *reading, const json_t *value) {
  return take_word(reading, "login", value, BG_NAME_MAX, reading->ask->login);
}

static bool take_reason(const struct reading *reading, const json_t *value) {
  return take_text(reading, "reason", value, BG_REASON_MAX, reading->ask->reason);
}

static bool take_window(const struct reading *reading, const json_t *value) {
  return take_int(reading, "window", value, BG_ASK_WINDOW_MIN, BG_ASK_WINDOW_MAX,
                  &reading->ask->window);
}

static bool take_max(const struct reading *reading, const json_t *value) {
  return take_int(reading, "max", value, BG_ASK_LONGEST_MIN, BG_ASK_LONGEST_MAX,
                  &reading->ask->longest);
}

static bool take_level(const struct reading *reading, const json_t *value) {
  if (bg_level_parse(bg_bytes_of(json_string_value(value)), &reading->ask->level) != BG_OK) {
    return reject(reading, "level: \"refresh\", \"rebuild\" or \"reallocate\"");
  }
  return true;
}

static bool take_holder(const struct reading *reading, const json_t *value) {
  struct bg_ask *ask = reading->ask;
  const char *line = json_string_value(value);
  if (line == NULL || json_string_length(value) != strlen(line) ||
      strlen(line) >= sizeof ask->holder_line || !bg_text_is_clean(bg_bytes_of(line)) ||
      bg_ssh_key_from_line(bg_bytes_of(line), &ask->holder) != BG_OK) {
    return reject(reading, "holder: the line of an SSH public key, as in id_ed25519.pub");
  }
  bg_text_fit(sizeof ask->holder_line, ask->holder_line, line);
  return true;
}

static bool take_sources(const struct reading *reading, const json_t *value) {
  struct bg_ask *ask = reading->ask;
  if (!take_list(reading, "sources", value, BG_NAME_MAX, ask->sources, &ask->source_count)) {
    return false;
  }
  for (size_t i = 0; i < ask->source_count; i++) {
    struct bg_cidr cidr;
    if (bg_parse_cidr(bg_bytes_of(ask->sources[i]), &cidr) != BG_OK) {
      return reject(reading, "sources: address blocks such as 192.0.2.0/24 or 2001:db8::/32");
    }
  }
  return true;
}

static bool take_nonce(const struct reading *reading, const json_t *value) {
  struct bg_ask *ask = reading->ask;
  if (bg_parse_hex(bg_bytes_of(json_string_value(value)), sizeof ask->nonce, ask->nonce) != BG_OK) {
    return reject(reading, "nonce: the %d hex digits that the host shows", 2 * BG_NONCE_SIZE);
  }
  ask->has_nonce = true;
  return true;
}

static const struct member {
  const char *name;
  bool required;
  bool (*take)(const struct reading *reading, const json_t *value);
} members[] = {
    {"for", true, take_for},          {"hosts", false, take_hosts},  {"group", false, take_group},
    {"login", true, take_login},      {"reason", true, take_reason}, {"window", true, take_window},
    {"max", true, take_max},          {"level", false, take_level},  {"holder", false, take_holder},
    {"sources", false, take_sources}, {"nonce", false, take_nonce},
};
#define MEMBERS (sizeof members / sizeof members[0])

static bool take_members(const struct reading *reading, const json_t *document) {
  size_t known = 0;
  for (size_t i = 0; i < MEMBERS; i++) {
    const json_t *value = json_object_get(document, members[i].name);
    if (value == NULL && members[i].required) {
      return reject(reading, "%s is missing", members[i].name);
    }
    if (value != NULL && !members[i].take(reading, value)) {
      return false;
    }
    known += value != NULL;
  }
  return known == json_object_size(document) || reject(reading, "there is a key that is unknown");
}

static bool fits_together(const struct reading *reading) {
  const struct bg_ask *ask = reading->ask;
  if ((ask->host_count > 0) == (ask->group[0] != '\0')) {
    return reject(reading, "say either hosts or group");
  }
  if (ask->console == (ask->holder_line[0] != '\0')) {
    return reject(reading, ask->console ? "holder: a token for a console has no holder key"
                                        : "holder is missing: a token for SSH is for one key");
  }
  return true;
}

enum bg_error bg_ask_parse(struct bg_bytes body, struct bg_ask *ret_ask,
                           struct bg_ask_problem *ret_problem) {
  const struct reading reading = {.ask = ret_ask, .problem = ret_problem};
  memset(ret_ask, 0, sizeof *ret_ask);
  json_t *document = body.len <= BG_ASK_BODY_MAX ? json_read(body) : NULL;
  if (!json_is_object(document)) {
    (void)reject(&reading, "the body must be one JSON object of at most %d bytes", BG_ASK_BODY_MAX);
    json_decref(document);
    return BG_ERR_SYNTAX;
  }
  bool good = take_members(&reading, document) && fits_together(&reading);
  json_decref(document);
  return good ? BG_OK : BG_ERR_RANGE;
}
