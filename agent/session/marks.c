/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <stdio.h>
#include <unistd.h>

#include "breakglass/file.h"
#include "breakglass/paths.h"
#include "watched.h"

static const char *const names[MARK_COUNT] = {
    [MARK_WARNED_300] = "warned-300",   [MARK_WARNED_60] = "warned-60",
    [MARK_KILLED] = "ended-killed",     [MARK_REVOKED] = "ended-revoked",
    [MARK_DEADLINE] = "ended-deadline", [MARK_LOST] = "ended-lost",
    [MARK_UNUSED] = "ended-unused",     [MARK_STUCK] = "stuck",
};

/* In the order in which they count: one that was lost may turn out to have been killed. */
static const struct {
  enum mark mark;
  enum bg_ending ending;
} endings[] = {
    {MARK_KILLED, BG_ENDED_KILLED},     {MARK_REVOKED, BG_ENDED_REVOKED},
    {MARK_DEADLINE, BG_ENDED_DEADLINE}, {MARK_LOST, BG_ENDED_LOST},
    {MARK_UNUSED, BG_ENDED_UNUSED},
};
#define ENDING_COUNT (sizeof endings / sizeof endings[0])

static bool path_of(const struct watched *watched, enum mark mark, char *ret_path) {
  int len =
      snprintf(ret_path, BG_PATH_SIZE, "%s/%s.%s", bg_paths()->grants, watched->id, names[mark]);
  return len > 0 && len < BG_PATH_SIZE;
}

enum bg_error watched_mark(const struct watched *watched, enum mark mark) {
  char path[BG_PATH_SIZE];
  return path_of(watched, mark, path) ? bg_file_create(path, bg_bytes(NULL, 0)) : BG_ERR_IO;
}

bool watched_has_mark(const struct watched *watched, enum mark mark) {
  char path[BG_PATH_SIZE];
  return path_of(watched, mark, path) && access(path, F_OK) == 0;
}

void watched_mark_ending(const struct watched *watched) {
  for (size_t i = 0; i < ENDING_COUNT; i++) {
    if (endings[i].ending == watched->ending) {
      (void)!watched_mark(watched, endings[i].mark); /* without it only the next agent errs */
    }
  }
}

enum bg_ending watched_marked_ending(const struct watched *watched) {
  for (size_t i = 0; i < ENDING_COUNT; i++) {
    if (watched_has_mark(watched, endings[i].mark)) {
      return endings[i].ending;
    }
  }
  return BG_ENDED_NOT;
}

void watched_forget_marks(const struct watched *watched) {
  char path[BG_PATH_SIZE];
  for (enum mark mark = 0; mark < MARK_COUNT; mark++) {
    if (path_of(watched, mark, path)) {
      (void)unlink(path);
    }
  }
}
