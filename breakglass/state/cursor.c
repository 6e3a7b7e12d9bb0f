/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "breakglass/cursor.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "breakglass/event_store.h"
#include "breakglass/paths.h"
#include "breakglass/text.h"

#define CURSOR_MAX 32 /* bytes */

int64_t bg_cursor_read(const char *folder, const char *sink) {
  char path[BG_PATH_SIZE];
  struct bg_file file = {0};
  int64_t cursor = 0;
  const int len = snprintf(path, sizeof path, "%s/%s", folder, sink);
  if (len > 0 && len < BG_PATH_SIZE &&
      bg_file_read(path, bg_paths()->owner, CURSOR_MAX, &file) == BG_OK &&
      bg_parse_uint(bg_bytes(file.data, file.len), 0, INT64_MAX, &cursor) != BG_OK) {
    cursor = 0;
  }
  bg_file_free(&file);
  return cursor;
}

/* The head is read behind the cursor: whoever moves that one has seen the head there. */
static bool reaches(const char *sink, int64_t number) {
  uint8_t hash[BG_EVENT_HASH_SIZE];
  int64_t last = 0;
  const int64_t cursor = bg_cursor_read(bg_paths()->run_cursors, sink);
  return cursor >= number && bg_event_store_head(&last, hash) == BG_OK && cursor <= last;
}

bool bg_event_is_acknowledged(int64_t number, bg_sink_fn *is_asked_for, const void *context) {
  int fd = -1;
  bool found = false;
  if (number < 1 || bg_dir_open(bg_paths()->run_cursors, bg_paths()->owner, &fd) != BG_OK) {
    return false;
  }
  DIR *dir = fdopendir(fd);
  if (dir == NULL) {
    (void)close(fd);
    return false;
  }
  for (const struct dirent *entry; !found && (entry = readdir(dir)) != NULL;) {
    found = is_asked_for(context, entry->d_name) && reaches(entry->d_name, number);
  }
  (void)closedir(dir);
  return found;
}
