/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "sealed_unit.h"

#include <stdio.h>
#include <sys/stat.h>

#include "breakglass/paths.h"

#define UNIT_DIRS (sizeof bg_paths()->unit_dirs / sizeof bg_paths()->unit_dirs[0])

int unit_find(const char *name, char ret_path[static UNIT_PATH_SIZE]) {
  struct stat found;
  for (size_t i = 0; i < UNIT_DIRS; i++) {
    (void)snprintf(ret_path, UNIT_PATH_SIZE, "%s/%s", bg_paths()->unit_dirs[i], name);
    if (lstat(ret_path, &found) == 0) {
      return (int)i;
    }
  }
  return -1;
}

bool unit_is_dead(const char *path) {
  struct stat found;
  return stat(path, &found) != 0 || !S_ISREG(found.st_mode) || found.st_size == 0;
}

/* A link in a wants folder counts by its name, so it may lead nowhere. */
static bool is_masked_link(const char *path) {
  struct stat found;
  return stat(path, &found) == 0 && unit_is_dead(path);
}

bool unit_starts(const char *target, const char *unit, char ret_why[static UNIT_REASON_SIZE]) {
  char path[UNIT_PATH_SIZE], wanted[512];
  (void)snprintf(wanted, sizeof wanted, "%s.wants/%s", target, unit);
  if (unit_find(unit, path) < 0) {
    (void)snprintf(ret_why, UNIT_REASON_SIZE, "is not installed");
    return false;
  }
  if (!unit_is_dead(path)) {
    if (unit_find(wanted, path) < 0) {
      (void)snprintf(ret_why, UNIT_REASON_SIZE, "is not enabled");
      return false;
    }
    if (!is_masked_link(path)) {
      return true;
    }
  }
  (void)snprintf(ret_why, UNIT_REASON_SIZE, "is masked by %s", path);
  return false;
}
