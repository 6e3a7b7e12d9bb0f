/* SPDX-License-Identifier: BSD-2-Clause */
/* Root shells that ask no PAM: sulogin's, which wants root's password, and the one on
 * tty9, which wants nothing. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/paths.h"
#include "sealed.h"
#include "sealed_unit.h"

/* Of "root:HASH:...": the first character that no hash begins with. */
static bool is_locked(const char *hash) {
  return hash[0] == '!' || hash[0] == '*';
}

static void judge_hash(FILE *shadow, struct sealed_report *report) {
  char *line = NULL;
  size_t size = 0;
  bool found = false;
  while (!found && getline(&line, &size, shadow) > 0) {
    found = strncmp(line, "root:", strlen("root:")) == 0;
  }
  if (!found) {
    sealed_find(report, FINDING_UNKNOWN, "%s has no line of root's", bg_paths()->shadow);
  } else if (!is_locked(line + strlen("root:"))) {
    sealed_find(
        report, FINDING_NOT_SEALED,
        "root has a password in %s, or an empty one: sulogin takes it and asks no PAM: lock "
        "it with passwd -l root",
        bg_paths()->shadow);
  }
  free(line);
}

static void judge_password(struct sealed_report *report) {
  FILE *shadow = fopen(bg_paths()->shadow, "re");
  if (shadow == NULL) {
    sealed_find(report, FINDING_UNKNOWN, "%s cannot be read: whether root has a password",
                bg_paths()->shadow);
    return;
  }
  judge_hash(shadow, report);
  (void)fclose(shadow);
}

void judge_root(struct sealed_report *report) {
  char path[UNIT_PATH_SIZE];
  judge_password(report);
  if (unit_is_wanted("debug-shell.service", path)) {
    sealed_find(report, FINDING_NOT_SEALED,
                "%s starts a root shell on tty9 that asks for nothing: disable it", path);
  }
}
