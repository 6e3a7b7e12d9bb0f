/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "sshd_command.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "breakglass/paths.h"
#include "sealed_unit.h"

#define BLANKS " \t\r\n"

/* A value without quotes, or one in a pair of them: no quotes or escapes inside, which
 * systemd would take away, and nothing behind. */
static bool plain_value(const char *value, char ret_options[static SSHD_OPTIONS_SIZE]) {
  char quote = value[0] == '"' || value[0] == '\'' ? value[0] : '\0';
  value += quote != '\0';
  size_t len = strcspn(value, "\"'\\\r\n");
  const char *rest = value + len;
  if (quote != '\0' && *rest++ != quote) {
    return false;
  }
  if (rest[strspn(rest, BLANKS)] != '\0' || len >= SSHD_OPTIONS_SIZE) {
    return false;
  }
  (void)snprintf(ret_options, SSHD_OPTIONS_SIZE, "%.*s", (int)len, value);
  return true;
}

/* A line that systemd joins with the next, as Debian 12's does with comments too, or that
 * is longer than what is looked at. */
static bool goes_on(const char *line, size_t size) {
  size_t len = strlen(line);
  bool cut = len == size - 1 && line[len - 1] != '\n';
  while (len > 0 && strchr("\r\n", line[len - 1]) != NULL) {
    len--;
  }
  return cut || (len > 0 && line[len - 1] == '\\');
}

bool sshd_options(char ret_options[static SSHD_OPTIONS_SIZE]) {
  const char *key = "SSHD_OPTS";
  FILE *file = fopen(bg_paths()->sshd_default, "re");
  char line[1024];
  bool plain = true, whole = true;
  ret_options[0] = '\0';
  while (file != NULL && fgets(line, sizeof line, file) != NULL) {
    const char *at = line + strspn(line, BLANKS);
    whole = whole && !goes_on(line, sizeof line);
    if (strncmp(at, key, strlen(key)) != 0) {
      continue;
    }
    at += strlen(key);
    at += strspn(at, BLANKS);
    if (*at == '=') {
      at++;
      plain = plain_value(at + strspn(at, BLANKS), ret_options);
    }
  }
  if (file != NULL) {
    (void)fclose(file);
  }
  return plain && whole;
}

static bool changes_command(const char *path) {
  FILE *file = fopen(path, "re");
  char line[1024];
  bool changes = false;
  while (file != NULL && fgets(line, sizeof line, file) != NULL) {
    const char *key = line + strspn(line, BLANKS);
    size_t len = strcspn(key, BLANKS "=");
    changes = changes || (len == strlen("ExecStart") && memcmp(key, "ExecStart", len) == 0) ||
              (len == strlen("EnvironmentFile") && memcmp(key, "EnvironmentFile", len) == 0) ||
              (key[0] != '#' && key[0] != ';' && strstr(key, "SSHD_OPTS") != NULL);
  }
  if (file != NULL) {
    (void)fclose(file);
  }
  return changes;
}

/* Links are aliases of the installed unit, or mask it. */
static bool is_own_file(const char *path) {
  struct stat found;
  return lstat(path, &found) == 0 && S_ISREG(found.st_mode);
}

static void look_for(const char *folder, const char *unit, bool installed,
                     sshd_override_fn *on_file, void *context) {
  char path[UNIT_PATH_SIZE];
  glob_t files = {0};
  (void)snprintf(path, sizeof path, "%s/%s", folder, unit);
  if (!installed && is_own_file(path) && changes_command(path)) {
    on_file(context, path);
  }
  (void)snprintf(path, sizeof path, "%s/%s.d/*.conf", folder, unit);
  size_t count = glob(path, 0, NULL, &files) == 0 ? files.gl_pathc : 0;
  for (size_t i = 0; i < count; i++) {
    if (changes_command(files.gl_pathv[i])) {
      on_file(context, files.gl_pathv[i]);
    }
  }
  globfree(&files);
}

void sshd_overrides(sshd_override_fn *on_file, void *context) {
  static const char *const units[] = {"ssh.service", "ssh@.service", "sshd.service",
                                      "sshd@.service"};
  const size_t folders = sizeof bg_paths()->unit_dirs / sizeof bg_paths()->unit_dirs[0];
  for (size_t i = 0; i < folders; i++) {
    for (size_t j = 0; j < sizeof units / sizeof units[0]; j++) {
      look_for(bg_paths()->unit_dirs[i], units[j], i == folders - 1, on_file, context);
    }
  }
}
