/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of agent.conf, read into its keys. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>

#include "../ini.h"
#include "breakglass/paths.h"
#include "reading.h"

void agent_reject(struct agent_reading *reading, const struct agent_value *value,
                  const char *format, ...) {
  struct bg_conf_problem problem = {.file = value->file, .line = value->line};
  int used = snprintf(problem.text, sizeof problem.text, "[%s] %s: ", value->key->section,
                      value->key->name);
  va_list args;
  va_start(args, format);
  bg_conf_vtell(&reading->told, &problem, (size_t)used, format, args);
  va_end(args);
}

static size_t find_key(const struct bg_ini_entry *entry) {
  size_t i = 0;
  while (i < AGENT_KEYS && !(bg_bytes_is(entry->section, agent_keys[i].section) &&
                             bg_bytes_is(entry->key, agent_keys[i].name))) {
    i++;
  }
  return i;
}

static void on_entry(void *context, const struct bg_ini_entry *entry) {
  struct agent_reading *reading = context;
  const size_t index = find_key(entry);
  if (index == AGENT_KEYS) {
    bg_conf_tell(&reading->told, reading->file, entry->line, "unknown key '%.*s' in [%.*s]",
                 (int)entry->key.len, (const char *)entry->key.data, (int)entry->section.len,
                 (const char *)entry->section.data);
    return;
  }
  struct agent_value *value = &reading->values[index];
  if (value->key != NULL && value->file == reading->file) {
    bg_conf_tell(&reading->told, reading->file, entry->line, "[%s] %s was set in line %u already",
                 value->key->section, value->key->name, value->line);
    return;
  }
  *value = (struct agent_value){&agent_keys[index], reading->file, entry->line, entry->value};
  value->key->parse(reading, value);
}

static void on_bad_line(void *context, unsigned line, const char *text) {
  struct agent_reading *reading = context;
  bg_conf_tell(&reading->told, reading->file, line, "%s", text);
}

static void on_text(void *context, const char *file, bool vendor, struct bg_bytes text) {
  struct agent_reading *reading = context;
  const struct bg_ini_reader reader = {
      on_entry, on_bad_line, reading, BG_CONF_LINE_MAX, "the line is longer than 1024 bytes",
      NULL,     NULL};
  (void)vendor;
  reading->file = file;
  bg_ini_parse(text, &reader);
}

static void take_defaults(struct agent_reading *reading) {
  for (size_t i = 0; i < AGENT_KEYS; i++) {
    struct agent_value *value = &reading->values[i];
    if (value->key == NULL) {
      *value =
          (struct agent_value){.key = &agent_keys[i], .text = bg_bytes_of(agent_keys[i].fallback)};
      value->key->parse(reading, value);
    }
  }
}

static const struct agent_value *value_of(const struct agent_reading *reading, const char *section,
                                          const char *key) {
  const struct bg_ini_entry entry = {.section = bg_bytes_of(section), .key = bg_bytes_of(key)};
  return &reading->values[find_key(&entry)];
}

/* A setting for something that is not there would be believed to do something. */
static void check_needs(struct agent_reading *reading, const char *section, const char *key,
                        const char *need) {
  const struct agent_value *value = value_of(reading, section, key);
  if (value->text.len > 0 && value_of(reading, section, need)->text.len == 0) {
    agent_reject(reading, value, "is of no use without %s", need);
  }
}

static void check_together(struct agent_reading *reading) {
  check_needs(reading, "webhook", "ca", "url");
  check_needs(reading, "nats", "ca", "url");
  check_needs(reading, "nats", "credentials", "url");
  check_needs(reading, "revocations", "ca", "url");
  check_needs(reading, "lifetime", "polite", "forced");
  check_needs(reading, "lifetime", "forced", "polite");
  const int64_t forced = reading->conf->lifetime.forced;
  if (forced > 0 && forced < reading->conf->lifetime.polite) {
    agent_reject(reading, value_of(reading, "lifetime", "forced"), "is less than polite");
  }
}

static enum bg_error read_into(struct agent_reading *reading, const char *file) {
  const struct bg_paths *paths = bg_paths();
  const struct bg_conf_reader reader = {.file = file,
                                        .vendor = paths->vendor_agent_conf,
                                        .admin = paths->admin_agent_conf,
                                        .vendor_dir = paths->vendor_agent_conf_dir,
                                        .admin_dir = paths->admin_agent_conf_dir,
                                        .file_max = BG_CONF_FILE_MAX,
                                        .on_text = on_text,
                                        .context = reading,
                                        .told = &reading->told};
  struct bg_conf_files *files = NULL;
  enum bg_error err = bg_conf_read_files(&reader, &files);
  if (err == BG_OK) {
    take_defaults(reading);
    check_together(reading);
    bg_conf_files_free(files);
    err = reading->told.problems == 0 ? BG_OK : BG_REFUSED_CONFIG;
  }
  return err;
}

enum bg_error bg_agent_conf_load(const char *file, bg_conf_problem_fn *on_problem, void *context,
                                 struct bg_agent_conf **ret_conf) {
  struct agent_reading reading = {.conf = calloc(1, sizeof *reading.conf),
                                  .told = {on_problem, context, 0}};
  enum bg_error err = reading.conf != NULL ? read_into(&reading, file) : BG_ERR_NOMEM;
  if (err == BG_OK) {
    *ret_conf = reading.conf;
  } else {
    free(reading.conf);
  }
  return err;
}
