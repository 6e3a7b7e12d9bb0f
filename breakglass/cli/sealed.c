/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "sealed.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "breakglass/paths.h"

#define FOLDER_SIZE 1024

void sealed_find(struct sealed_report *report, enum finding_kind kind, const char *format, ...) {
  char text[600];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (kind == FINDING_NOT_SEALED) {
    report->sealed = SEALED_NO;
  } else if (kind == FINDING_UNKNOWN && report->sealed == SEALED_YES) {
    report->sealed = SEALED_UNKNOWN;
  }
  report->on_finding(report->context, kind, text);
}

const char *finding_kind_name(enum finding_kind kind) {
  static const char *const names[] = {[FINDING_NOT_SEALED] = "NOT SEALED",
                                      [FINDING_LOCKED_OUT] = "LOCKED OUT",
                                      [FINDING_UNKNOWN] = "UNKNOWN",
                                      [FINDING_CONFIGURATION] = "configuration",
                                      [FINDING_WARNING] = "warning"};
  return names[kind];
}

bool is_roots_alone(const char *path) {
  struct stat found;
  return stat(path, &found) != 0 ||
         (found.st_uid == bg_paths()->owner && (found.st_mode & (S_IWGRP | S_IWOTH)) == 0);
}

/* path has a slash in it. */
static void folder_of(const char *path, char ret_folder[static FOLDER_SIZE]) {
  (void)snprintf(ret_folder, FOLDER_SIZE, "%.*s", (int)(strrchr(path, '/') - path), path);
}

bool is_in_roots_folder(const char *path) {
  char folder[FOLDER_SIZE];
  folder_of(path, folder);
  return is_roots_alone(folder);
}

void judge_folder_of(const char *path, struct sealed_report *report) {
  char folder[FOLDER_SIZE];
  folder_of(path, folder);
  judge_owner(folder, report);
}

void judge_owner(const char *path, struct sealed_report *report) {
  if (!is_roots_alone(path)) {
    sealed_find(report, FINDING_NOT_SEALED, "%s can be written by others than root", path);
  }
}
