/* SPDX-License-Identifier: BSD-2-Clause */
/* Settings around the gate, from their files: what stands up the gate's state, and
 * options that sshd -T does not show. */
#include <config.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "breakglass/paths.h"
#include "sealed.h"

/* The last "key=value" of a file, without quotes; false if there is none. */
static bool read_setting(const char *path, const char *key, size_t size, char *ret_value) {
  FILE *file = fopen(path, "re");
  size_t len = strlen(key);
  char line[1024];
  bool found = false;
  while (file != NULL && fgets(line, sizeof line, file) != NULL) {
    const char *begin = line + strspn(line, " \t");
    const char *equals = begin + len + strspn(begin + strnlen(begin, len), " \t");
    if (strncmp(begin, key, len) == 0 && *equals == '=') {
      const char *value = equals + 1 + strspn(equals + 1, " \t\"'");
      (void)snprintf(ret_value, size, "%.*s", (int)strcspn(value, "\"'\r\n"), value);
      found = true;
    }
  }
  if (file != NULL) {
    (void)fclose(file);
  }
  return found;
}

/* A link to /dev/null, or an empty file, instead of the unit: it never starts. */
static bool is_masked(const char *path) {
  struct stat found;
  return stat(path, &found) == 0 && (!S_ISREG(found.st_mode) || found.st_size == 0);
}

static void judge_unit(const char *target, const char *unit, const char *why,
                       struct sealed_report *report) {
  char path[1024], wanted[1024];
  struct stat found;
  (void)snprintf(path, sizeof path, "%s/%s", bg_paths()->units, unit);
  (void)snprintf(wanted, sizeof wanted, "%s/%s.wants/%s", bg_paths()->units, target, unit);
  if (is_masked(path)) {
    sealed_find(report, SEALED_NOT, "%s is masked by %s: %s", unit, path, why);
  } else if (lstat(path, &found) == 0) {
    sealed_find(report, SEALED_WARNING, "%s stands in the place of the installed one", path);
  }
  if (lstat(wanted, &found) != 0) {
    sealed_find(report, SEALED_WARNING, "%s is not enabled: %s", unit, why);
  }
}

void judge_host(struct sealed_report *report) {
  char options[256];
  judge_unit("local-fs.target", "run-breakglass.mount", "whatever fills /run locks everybody out",
             report);
  judge_unit("multi-user.target", "breakglass-boot.service",
             "a boot does not know what the events on the disk say", report);
  judge_logind(report);
  if (read_setting(bg_paths()->sshd_default, "SSHD_OPTS", sizeof options, options) &&
      options[0] != '\0') {
    sealed_find(report, SEALED_WARNING,
                "sshd: SSHD_OPTS in %s is not looked at, and overrides its configuration: %s",
                bg_paths()->sshd_default, options);
  }
}
