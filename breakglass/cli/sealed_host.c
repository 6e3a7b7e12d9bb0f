/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands around the gate, from its files. */
#include <config.h>

#include <glob.h>
#include <stdio.h>

#include "breakglass/paths.h"
#include "sealed.h"
#include "sealed_unit.h"

static void warn_of_drop_ins(const char *unit, struct sealed_report *report) {
  char pattern[UNIT_PATH_SIZE];
  for (size_t i = 0; i < sizeof bg_paths()->unit_dirs / sizeof bg_paths()->unit_dirs[0]; i++) {
    glob_t files = {0};
    (void)snprintf(pattern, sizeof pattern, "%s/%s.d/*.conf", bg_paths()->unit_dirs[i], unit);
    size_t count = glob(pattern, 0, NULL, &files) == 0 ? files.gl_pathc : 0;
    for (size_t j = 0; j < count; j++) {
      sealed_find(report, FINDING_WARNING, "%s changes %s", files.gl_pathv[j], unit);
    }
    globfree(&files);
  }
}

static void judge_unit(const char *target, const char *unit, const char *why,
                       struct sealed_report *report) {
  const size_t last = sizeof bg_paths()->unit_dirs / sizeof bg_paths()->unit_dirs[0] - 1;
  char problem[UNIT_REASON_SIZE], path[UNIT_PATH_SIZE];
  if (!unit_starts(target, unit, problem)) {
    sealed_find(report, FINDING_NOT_SEALED, "%s %s: %s", unit, problem, why);
  } else if (unit_find(unit, path) < (int)last) {
    sealed_find(report, FINDING_WARNING, "%s stands in the place of the installed one", path);
  }
  warn_of_drop_ins(unit, report);
}

static void judge_part(const char *path, bool is_there, const char *why,
                       struct sealed_report *report) {
  if (!is_there || unit_is_dead(path)) {
    sealed_find(report, FINDING_WARNING, "%s is missing or empty: %s", path, why);
  }
}

static void judge_parts(struct sealed_report *report) {
  char path[UNIT_PATH_SIZE];
  bool found = unit_find("session-.scope.d/50-breakglass.conf", path) >= 0;
  judge_part(path, found, "what ignores TERM outlives its deadline by 90 seconds", report);
  found = unit_find("user@.service.d/50-breakglass.conf", path) >= 0;
  judge_part(path, found, "a user's manager outlives the last session", report);
  judge_part(bg_paths()->polkit_rule, true, "users can let processes outlive their session",
             report);
}

void judge_host(struct sealed_report *report) {
  judge_folder_of(bg_paths()->admin_conf, report);
  judge_folder_of(bg_paths()->vendor_conf, report);
  judge_unit("local-fs.target", "run-breakglass.mount", "whatever fills /run locks everybody out",
             report);
  judge_unit("multi-user.target", "breakglass-boot.service",
             "a boot does not know what the events on the disk say", report);
  judge_parts(report);
  judge_logind(report);
}
