/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of signer.conf's files, into sections, groups and rules. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "../ini.h"
#include "breakglass/paths.h"
#include "reading.h"

void issuing_reject(struct issuing_reading *reading, const struct issuing_value *value,
                    const char *format, ...) {
  struct bg_conf_problem problem = {.file = value->file, .line = value->line};
  int used = snprintf(problem.text, sizeof problem.text, "[%.*s] %.*s: ", (int)value->section.len,
                      (const char *)value->section.data, (int)value->key.len,
                      (const char *)value->key.data);
  size_t len = (size_t)used < sizeof problem.text ? (size_t)used : sizeof problem.text - 1;
  va_list args;
  va_start(args, format);
  bg_conf_vtell(&reading->told, &problem, len, format, args);
  va_end(args);
}

static const char *begin_rule(struct issuing_reading *reading, unsigned line,
                              struct bg_bytes name) {
  struct bg_issuing *issuing = reading->issuing;
  size_t i = 0;
  while (i < issuing->rule_count && !bg_bytes_equal(issuing->rules[i].name, name)) {
    i++;
  }
  if (i == ISSUING_RULES_MAX) {
    return "more than 64 rules";
  }
  struct issuing_rule *rule = &issuing->rules[i];
  if (i == issuing->rule_count) {
    *rule = (struct issuing_rule){.name = name};
    issuing->rule_count++;
  } else if (rule->file == reading->file) {
    bg_conf_tell(&reading->told, reading->file, line, "[rule %.*s] was begun in line %u already",
                 (int)name.len, (const char *)name.data, rule->line);
  }
  rule->file = reading->file;
  rule->line = line;
  reading->section = SECTION_RULE;
  reading->rule = rule;
  return NULL;
}

/* "rule NAME" or another name alone. Of an unknown section only the header is told. */
static const char *on_section(void *context, unsigned line, struct bg_bytes header) {
  struct issuing_reading *reading = context;
  struct bg_bytes name = header;
  struct bg_bytes section = bg_conf_cut(&name, ' ');
  const char *problem = NULL;
  name = bg_ini_trim(name);
  reading->section = SECTION_NONE;
  if (bg_bytes_is(section, "rule")) {
    problem = !bg_ini_is_name(name, true)
                  ? "a rule's name has only lower-case letters, digits, _ and -"
              : name.len > BG_NAME_MAX ? "a rule's name has at most 128 bytes"
                                       : begin_rule(reading, line, name);
  } else if (bg_bytes_is(header, "signer")) {
    reading->section = SECTION_SIGNER;
  } else if (bg_bytes_is(header, "people")) {
    reading->section = SECTION_PEOPLE;
  } else if (bg_bytes_is(header, "hosts")) {
    reading->section = SECTION_HOSTS;
  } else {
    problem = "unknown section: [signer], [people], [hosts] and [rule NAME] are known";
  }
  if (problem != NULL) {
    bg_conf_tell(&reading->told, reading->file, line, "%s", problem);
  }
  return NULL;
}

/* Overrides what an earlier file said; false if this one has said it already. */
static bool take_value(struct issuing_reading *reading, const struct bg_ini_entry *entry,
                       struct issuing_value *value) {
  if (value->file != NULL && value->file == reading->file) {
    bg_conf_tell(&reading->told, reading->file, entry->line,
                 "[%.*s] %.*s was set in line %u already", (int)entry->section.len,
                 (const char *)entry->section.data, (int)entry->key.len,
                 (const char *)entry->key.data, value->line);
    return false;
  }
  *value =
      (struct issuing_value){reading->file, entry->line, entry->section, entry->key, entry->value};
  return true;
}

static void read_group(struct issuing_reading *reading, const struct bg_ini_entry *entry,
                       struct issuing_groups *groups, issuing_word_fn *judge) {
  size_t i = 0;
  while (i < groups->count && !bg_bytes_equal(groups->group[i].name, entry->key)) {
    i++;
  }
  if (i == ISSUING_GROUPS_MAX || entry->key.len > BG_NAME_MAX) {
    bg_conf_tell(&reading->told, reading->file, entry->line, "[%.*s] %s", (int)entry->section.len,
                 (const char *)entry->section.data,
                 i == ISSUING_GROUPS_MAX ? "more than 64 groups"
                                         : "a group's name has at most 128 bytes");
    return;
  }
  if (i == groups->count) {
    groups->group[groups->count++] = (struct issuing_group){.name = entry->key};
  }
  struct issuing_value *value = &groups->group[i].value;
  if (take_value(reading, entry, value)) {
    issuing_list_judge(reading, value, judge);
  }
}

static void unknown_key(struct issuing_reading *reading, const struct bg_ini_entry *entry) {
  bg_conf_tell(&reading->told, reading->file, entry->line, "unknown key '%.*s' in [%.*s]",
               (int)entry->key.len, (const char *)entry->key.data, (int)entry->section.len,
               (const char *)entry->section.data);
}

static size_t find_key(const struct issuing_key *keys, size_t count, struct bg_bytes name) {
  size_t i = 0;
  while (i < count && !bg_bytes_is(name, keys[i].name)) {
    i++;
  }
  return i;
}

static void read_setting(struct issuing_reading *reading, const struct bg_ini_entry *entry) {
  size_t i = find_key(issuing_setting_keys, SETTING_KEYS, entry->key);
  if (i == SETTING_KEYS) {
    unknown_key(reading, entry);
  } else if (take_value(reading, entry, &reading->settings[i])) {
    issuing_setting_keys[i].parse(&(struct issuing_place){
        reading, &issuing_setting_keys[i], &reading->settings[i], &reading->issuing->settings});
  }
}

/* Also for defaults. */
static void parse_rule_value(struct issuing_reading *reading, struct issuing_rule *rule,
                             size_t key) {
  unsigned before = reading->told.problems;
  issuing_rule_keys[key].parse(
      &(struct issuing_place){reading, &issuing_rule_keys[key], &rule->values[key], rule});
  rule->broken = rule->broken || reading->told.problems > before;
}

static void read_rule(struct issuing_reading *reading, const struct bg_ini_entry *entry) {
  size_t i = find_key(issuing_rule_keys, RULE_KEYS, entry->key);
  if (i == RULE_KEYS) {
    unknown_key(reading, entry);
  } else if (take_value(reading, entry, &reading->rule->values[i])) {
    parse_rule_value(reading, reading->rule, i);
  }
}

static void on_entry(void *context, const struct bg_ini_entry *entry) {
  struct issuing_reading *reading = context;
  switch (reading->section) {
  case SECTION_SIGNER:
    read_setting(reading, entry);
    break;
  case SECTION_PEOPLE:
    read_group(reading, entry, &reading->issuing->people, issuing_judge_principal);
    break;
  case SECTION_HOSTS:
    read_group(reading, entry, &reading->issuing->hosts, issuing_judge_host);
    break;
  case SECTION_RULE:
    read_rule(reading, entry);
    break;
  case SECTION_NONE:
    break;
  }
}

static void on_problem(void *context, unsigned line, const char *text) {
  struct issuing_reading *reading = context;
  bg_conf_tell(&reading->told, reading->file, line, "%s", text);
}

void issuing_read_text(void *context, const char *file, bool vendor, struct bg_bytes text) {
  struct issuing_reading *reading = context;
  const struct bg_ini_reader reader = {
      on_entry,  on_problem, reading, ISSUING_LINE_MAX, "the line is longer than 16384 bytes",
      on_section, NULL};
  (void)vendor;
  reading->file = file;
  reading->section = SECTION_NONE;
  bg_ini_parse(text, &reader);
}

static void finish_settings(struct issuing_reading *reading) {
  for (size_t i = 0; i < SETTING_KEYS; i++) {
    const struct issuing_key *key = &issuing_setting_keys[i];
    struct issuing_value *value = &reading->settings[i];
    if (value->file != NULL) {
      continue;
    }
    if (key->fallback == NULL) {
      bg_conf_tell(&reading->told,
                   reading->only != NULL ? reading->only : bg_paths()->admin_signer_conf, 0,
                   "[signer] %s is not set, and has no default", key->name);
      continue;
    }
    *value = (struct issuing_value){.section = bg_bytes_of("signer"),
                                    .key = bg_bytes_of(key->name),
                                    .text = bg_bytes_of(key->fallback)};
    key->parse(&(struct issuing_place){reading, key, value, &reading->issuing->settings});
  }
}

static void finish_rule(struct issuing_reading *reading, struct issuing_rule *rule) {
  for (size_t i = 0; i < RULE_KEYS; i++) {
    const struct issuing_key *key = &issuing_rule_keys[i];
    if (rule->values[i].file != NULL) {
      continue;
    }
    if (key->fallback == NULL) {
      bg_conf_tell(&reading->told, rule->file, rule->line, "[rule %.*s] %s is not set%s",
                   (int)rule->name.len, (const char *)rule->name.data, key->name,
                   i == RULE_APPROVALS ? ": where none is wanted, write none" : "");
      rule->broken = true;
    } else {
      rule->values[i].text = bg_bytes_of(key->fallback);
      parse_rule_value(reading, rule, i);
    }
  }
}

void issuing_read_finish(struct issuing_reading *reading) {
  finish_settings(reading);
  for (size_t i = 0; i < reading->issuing->rule_count; i++) {
    finish_rule(reading, &reading->issuing->rules[i]);
  }
}
