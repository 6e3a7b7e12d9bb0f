/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "sealed_module.h"

#include <glob.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "breakglass/paths.h"

static enum module_fit compare(const char *path, const struct stat *installed) {
  struct stat found;
  if (stat(path, &found) != 0) {
    return MODULE_MISSING;
  }
  bool same = found.st_dev == installed->st_dev && found.st_ino == installed->st_ino;
  return same ? MODULE_INSTALLED : MODULE_OTHER;
}

/* libpam knows its own folder only: one that holds Linux-PAM's modules, too. */
static enum module_fit find_in_folders(const char *name, const struct stat *installed) {
  enum module_fit fit = MODULE_MISSING;
  glob_t folders = {0};
  if (glob(bg_paths()->pam_modules, GLOB_BRACE, NULL, &folders) != 0) {
    return MODULE_MISSING;
  }
  for (size_t i = 0; i < folders.gl_pathc && fit == MODULE_MISSING; i++) {
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/pam_deny.so", folders.gl_pathv[i]);
    if (access(path, F_OK) == 0) {
      (void)snprintf(path, sizeof path, "%s/%s", folders.gl_pathv[i], name);
      fit = compare(path, installed);
    }
  }
  globfree(&folders);
  return fit;
}

enum module_fit module_find(const char *name) {
  struct stat installed;
  if (stat(bg_paths()->module, &installed) != 0) {
    return MODULE_INSTALLED;
  }
  return name[0] == '/' ? compare(name, &installed) : find_in_folders(name, &installed);
}

void judge_module(struct sealed_report *report) {
  struct stat module;
  judge_folder_of(bg_paths()->module, report);
  if (stat(bg_paths()->module, &module) != 0) {
    sealed_find(report, FINDING_LOCKED_OUT, "%s is missing: every login is denied",
                bg_paths()->module);
  } else if (!S_ISREG(module.st_mode) || !is_roots_alone(bg_paths()->module)) {
    sealed_find(report, FINDING_NOT_SEALED, "%s is not a file that root alone can write",
                bg_paths()->module);
  }
}
