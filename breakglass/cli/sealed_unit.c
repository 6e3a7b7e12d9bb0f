/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "sealed_unit.h"

#include <glob.h>
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

static bool find_link(const char *folder, const char *unit, char ret_path[static UNIT_PATH_SIZE]) {
  char pattern[UNIT_PATH_SIZE];
  glob_t links = {0};
  bool found = false;
  (void)snprintf(pattern, sizeof pattern, "%s/*.{wants,requires}/%s", folder, unit);
  size_t count = glob(pattern, GLOB_BRACE, NULL, &links) == 0 ? links.gl_pathc : 0;
  for (size_t i = 0; i < count && !found; i++) {
    found = !is_masked_link(links.gl_pathv[i]);
    (void)snprintf(ret_path, UNIT_PATH_SIZE, "%s", links.gl_pathv[i]);
  }
  globfree(&links);
  return found;
}

bool unit_is_wanted(const char *unit, char ret_path[static UNIT_PATH_SIZE]) {
  bool found = false;
  if (unit_find(unit, ret_path) < 0 || unit_is_dead(ret_path)) {
    return false;
  }
  for (size_t i = 0; i < UNIT_DIRS && !found; i++) {
    found = find_link(bg_paths()->unit_dirs[i], unit, ret_path);
  }
  return found;
}
