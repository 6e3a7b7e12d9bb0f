/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether auditd records what is done inside a session, on a full disk too. */
#include <config.h>

#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/audit.h"
#include "breakglass/paths.h"
#include "sealed.h"

#define COMMAND_KEY "breakglass-command"

static bool has_key(const char *path) {
  FILE *file = fopen(path, "re");
  char line[1024];
  bool found = false;
  while (file != NULL && !found && fgets(line, sizeof line, file) != NULL) {
    const char *rule = line + strspn(line, " \t");
    found = rule[0] != '#' && strstr(rule, COMMAND_KEY) != NULL;
  }
  if (file != NULL) {
    (void)fclose(file);
  }
  return found;
}

static bool has_rules(void) {
  glob_t files = {0};
  bool found = false;
  size_t count = glob(bg_paths()->audit_rules, 0, NULL, &files) == 0 ? files.gl_pathc : 0;
  for (size_t i = 0; i < count && !found; i++) {
    found = has_key(files.gl_pathv[i]);
  }
  globfree(&files);
  return found;
}

void judge_audit(struct sealed_report *report) {
  if (access(bg_paths()->auditd, F_OK) != 0) {
    return; /* required or not: the configuration's to say */
  }
  if (!has_rules()) {
    sealed_find(report, FINDING_WARNING,
                "no rule in %s has the key " COMMAND_KEY ": commands inside a session are not "
                "recorded",
                bg_paths()->audit_rules);
  }
  if (access(bg_paths()->auditd_conf, F_OK) == 0 && !bg_audit_makes_room()) {
    sealed_find(report, FINDING_WARNING,
                "%s: auditd stops when its disk is full (admin_space_left_action, "
                "disk_full_action): nothing is recorded then, and [audit] required = yes denies "
                "every token",
                bg_paths()->auditd_conf);
  }
}
