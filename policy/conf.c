/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "conf.h"

#include <stdarg.h>
#include <stdio.h>

#include "breakglass/paths.h"

void bg_conf_reject(const struct bg_conf_value *value, const char *format, ...) {
  struct bg_conf_problem problem = {.file = value->file, .line = value->line};
  int used = snprintf(problem.text, sizeof problem.text, "[%s] %s: ", value->key->section,
                      value->key->name);
  va_list args;
  va_start(args, format);
  bg_conf_vtell(&value->conf->told, &problem, (size_t)used, format, args);
  va_end(args);
}

/* Files mostly keep to the table's order: the search begins behind the last key. */
static size_t find_key(struct bg_conf *conf, struct bg_bytes section, struct bg_bytes name) {
  for (size_t i = 0; i < BG_CONF_KEYS; i++) {
    size_t index = (conf->next + i) % BG_CONF_KEYS;
    const struct bg_conf_key *key = &bg_conf_keys[index];
    if (bg_bytes_is(name, key->name) && bg_bytes_is(section, key->section)) {
      conf->next = index + 1;
      return index;
    }
  }
  return BG_CONF_KEYS;
}

static void unknown_key(struct bg_conf *conf, const struct bg_ini_entry *entry) {
  if (bg_bytes_is(entry->section, "taint") &&
      (bg_bytes_is(entry->key, "webhook") || bg_bytes_is(entry->key, "nats"))) {
    bg_conf_tell(&conf->told, conf->file, entry->line, "[taint] %.*s is a section of agent.conf",
                 (int)entry->key.len, (const char *)entry->key.data);
    return;
  }
  bg_conf_tell(&conf->told, conf->file, entry->line, "unknown key '%.*s' in [%.*s]",
               (int)entry->key.len, (const char *)entry->key.data, (int)entry->section.len,
               (const char *)entry->section.data);
}

static void on_entry(void *context, const struct bg_ini_entry *entry) {
  struct bg_conf *conf = context;
  size_t index = find_key(conf, entry->section, entry->key);
  if (index == BG_CONF_KEYS) {
    unknown_key(conf, entry);
    return;
  }
  struct bg_conf_value *value = &conf->values[index];
  if (value->key != NULL && value->file == conf->file) {
    bg_conf_tell(&conf->told, conf->file, entry->line, "[%s] %s was set in line %u already",
                 value->key->section, value->key->name, value->line);
    return;
  }
  *value = (struct bg_conf_value){.conf = conf,
                                  .key = &bg_conf_keys[index],
                                  .text = entry->value,
                                  .file = conf->file,
                                  .line = entry->line};
  value->key->parse(value);
}

static void on_problem(void *context, unsigned line, const char *text) {
  struct bg_conf *conf = context;
  bg_conf_tell(&conf->told, conf->file, line, "%s", text);
}

void bg_conf_parse(struct bg_conf *conf, const char *file, bool vendor, struct bg_bytes text) {
  const struct bg_ini_reader reader = {
      on_entry, on_problem, conf, BG_CONF_LINE_MAX, "the line is longer than 1024 bytes",
      NULL,     NULL};
  conf->file = file;
  conf->vendor = vendor;
  bg_ini_parse(text, &reader);
}

static void take_default(struct bg_conf *conf, size_t index) {
  const struct bg_conf_key *key = &bg_conf_keys[index];
  struct bg_conf_value *value = &conf->values[index];
  *value = (struct bg_conf_value){.conf = conf, .key = key, .text = bg_bytes_of(key->fallback)};
  if (key->fallback != NULL) {
    key->parse(value);
  } else if (index != BG_CONF_HOST_ID || conf->reading->file == NULL) {
    const char *file = conf->reading->file;
    bg_conf_tell(&conf->told, file != NULL ? file : bg_paths()->admin_conf, 0,
                 "[%s] %s is not set, and has no default", key->section, key->name);
  }
}

void bg_conf_finish(struct bg_conf *conf) {
  for (size_t i = 0; i < BG_CONF_KEYS; i++) {
    if (conf->values[i].key == NULL) {
      take_default(conf, i);
    }
  }
}
