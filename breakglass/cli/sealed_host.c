/* SPDX-License-Identifier: BSD-2-Clause */
/* Settings around the gate, from their files: what ends a session at its deadline,
 * what stands up the gate's state, and options that sshd -T does not show. */
#include <config.h>

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
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

static int by_file_name(const void *a, const void *b) {
  const char *const *left = a;
  const char *const *right = b;
  return strcmp(strrchr(*left, '/'), strrchr(*right, '/'));
}

/* logind takes the last of its drop-ins, by their names in all folders together. */
static void warn_of_logind(const struct sealed_report *report) {
  char value[64] = "no";
  const char *from = "logind's default";
  glob_t confs = {0};
  if (glob(bg_paths()->logind_confs, GLOB_BRACE, NULL, &confs) == 0) {
    qsort(confs.gl_pathv, confs.gl_pathc, sizeof *confs.gl_pathv, by_file_name);
  }
  for (size_t i = 0; i < confs.gl_pathc; i++) {
    if (read_setting(confs.gl_pathv[i], "KillUserProcesses", sizeof value, value)) {
      from = confs.gl_pathv[i];
    }
  }
  if (strcasecmp(value, "yes") != 0) {
    sealed_find(report, SEALED_WARNING,
                "logind: KillUserProcesses is %s and not yes (%s): what a session started outlives "
                "its deadline",
                value, from);
  }
  globfree(&confs);
}

static void warn_of_unit(const char *target, const char *unit, const char *why,
                         const struct sealed_report *report) {
  char path[1024];
  struct stat link;
  (void)snprintf(path, sizeof path, "%s/%s.wants/%s", bg_paths()->units, target, unit);
  if (lstat(path, &link) != 0) {
    sealed_find(report, SEALED_WARNING, "%s is not enabled: %s", unit, why);
  }
}

void warn_of_host(const struct sealed_report *report) {
  char options[256];
  warn_of_unit("local-fs.target", "run-breakglass.mount", "whatever fills /run locks everybody out",
               report);
  warn_of_unit("multi-user.target", "breakglass-boot.service",
               "a boot does not know what the events on the disk say", report);
  warn_of_logind(report);
  if (read_setting(bg_paths()->sshd_default, "SSHD_OPTS", sizeof options, options) &&
      options[0] != '\0') {
    sealed_find(report, SEALED_WARNING,
                "sshd: SSHD_OPTS in %s is not looked at, and overrides its configuration: %s",
                bg_paths()->sshd_default, options);
  }
}
