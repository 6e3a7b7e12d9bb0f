/* SPDX-License-Identifier: BSD-2-Clause */
/* logind.conf and its drop-ins, as logind reads them: of the main files only the one in
 * the last folder, /etc; then the drop-ins in the order of their names, where again the
 * last folder's hides others of the same name. */
#include <config.h>

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "breakglass/paths.h"
#include "sealed.h"

#define VALUE_SIZE 256

struct setting {
  const char *key;
  const char *wanted;
  bool is_list; /* each line adds to it, an empty one begins anew */
  char value[VALUE_SIZE];
  const char *file; /* the last that changed it; NULL: the default */
};

static void apply(struct setting *setting, const char *file, const char *value) {
  size_t used = strlen(setting->value);
  if (!setting->is_list || value[0] == '\0') {
    used = 0;
  }
  (void)snprintf(setting->value + used, VALUE_SIZE - used, "%s%s", used > 0 ? " " : "", value);
  setting->file = file;
}

static void trim_end(char *line) {
  size_t len = strlen(line);
  while (len > 0 && strchr(" \t\r\n", line[len - 1]) != NULL) {
    line[--len] = '\0';
  }
}

static void read_file(const char *file, struct setting *settings, size_t count) {
  FILE *stream = fopen(file, "re");
  char line[1024];
  bool login = false;
  while (stream != NULL && fgets(line, sizeof line, stream) != NULL) {
    char *key = line + strspn(line, " \t");
    trim_end(key);
    if (key[0] == '[') {
      login = strcmp(key, "[Login]") == 0;
    }
    char *equals = strchr(key, '=');
    if (equals == NULL || !login) {
      continue;
    }
    char *value = equals + 1 + strspn(equals + 1, " \t");
    key[strcspn(key, " \t=")] = '\0';
    for (size_t i = 0; i < count; i++) {
      if (strcmp(key, settings[i].key) == 0) {
        apply(&settings[i], file, value);
      }
    }
  }
  if (stream != NULL) {
    (void)fclose(stream);
  }
}

static const char *name_of(const char *path) {
  return strrchr(path, '/') + 1;
}

static int by_file_name(const void *a, const void *b) {
  const char *const *left = a;
  const char *const *right = b;
  return strcmp(name_of(*left), name_of(*right));
}

/* Reads drop-ins by their names; of the same name only the last one, since later
 * folders hide earlier ones. */
static void read_drop_ins(const glob_t *found, struct setting *settings, size_t count) {
  const char **files = calloc(found->gl_pathc + 1, sizeof *files);
  size_t file_count = 0;
  for (size_t i = 0; files != NULL && i < found->gl_pathc; i++) {
    bool hidden = false;
    for (size_t j = i + 1; j < found->gl_pathc; j++) {
      hidden = hidden || strcmp(name_of(found->gl_pathv[i]), name_of(found->gl_pathv[j])) == 0;
    }
    if (!hidden) {
      files[file_count++] = found->gl_pathv[i];
    }
  }
  if (file_count > 0) {
    qsort(files, file_count, sizeof *files, by_file_name);
  }
  for (size_t i = 0; i < file_count; i++) {
    read_file(files[i], settings, count);
  }
  free(files);
}

static bool is_wanted(const struct setting *setting) {
  static const char *const yes[] = {"yes", "true", "on", "y", "t", "1"};
  if (setting->is_list) {
    return setting->value[0] == '\0';
  }
  for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
    if (strcasecmp(setting->value, yes[i]) == 0) {
      return true;
    }
  }
  return false;
}

void judge_logind(struct sealed_report *report) {
  struct setting settings[] = {{"KillUserProcesses", "yes", false, "no", NULL},
                               {"KillExcludeUsers", "", true, "root", NULL},
                               {"KillOnlyUsers", "", true, "", NULL}};
  const size_t count = sizeof settings / sizeof settings[0];
  glob_t mains = {0}, drop_ins = {0};
  if (glob(bg_paths()->logind_mains, GLOB_BRACE, NULL, &mains) == 0) {
    read_file(mains.gl_pathv[mains.gl_pathc - 1], settings, count);
  }
  if (glob(bg_paths()->logind_confs, GLOB_BRACE, NULL, &drop_ins) == 0) {
    read_drop_ins(&drop_ins, settings, count);
  }
  for (size_t i = 0; i < count; i++) {
    if (!is_wanted(&settings[i])) {
      sealed_find(report, FINDING_WARNING,
                  "logind: %s is '%s' and not '%s' (%s): what a session started can outlive its "
                  "deadline",
                  settings[i].key, settings[i].value, settings[i].wanted,
                  settings[i].file != NULL ? settings[i].file : "logind's default");
    }
  }
  globfree(&mains);
  globfree(&drop_ins);
}
