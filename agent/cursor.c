/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "cursor.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>

#include "breakglass/cursor.h"
#include "breakglass/file.h"
#include "breakglass/paths.h"

/* The one on run/ is ahead where the disk takes nothing. */
int64_t cursor_read(const char *sink) {
  int64_t on_disk = bg_cursor_read(bg_paths()->cursors, sink);
  int64_t on_run = bg_cursor_read(bg_paths()->run_cursors, sink);
  return on_run > on_disk ? on_run : on_disk;
}

static enum bg_error write_in(const char *folder, const char *sink, int64_t cursor) {
  char path[BG_PATH_SIZE];
  char text[32];
  (void)snprintf(path, sizeof path, "%s/%s", folder, sink);
  (void)snprintf(text, sizeof text, "%" PRId64, cursor);
  return bg_file_replace(path, 0600, bg_bytes_of(text));
}

enum bg_error cursor_write(const char *sink, int64_t cursor) {
  return write_in(bg_paths()->run_cursors, sink, cursor);
}

void cursors_keep(int64_t last, cursor_failure_fn *on_failure, void *context) {
  DIR *dir = opendir(bg_paths()->run_cursors);
  if (dir == NULL) {
    return; /* nothing was delivered in this boot */
  }
  for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
    const char *sink = entry->d_name;
    const int64_t cursor = sink[0] != '.' ? bg_cursor_read(bg_paths()->run_cursors, sink) : 0;
    if (cursor > 0 && cursor <= last && cursor != bg_cursor_read(bg_paths()->cursors, sink) &&
        write_in(bg_paths()->cursors, sink, cursor) != BG_OK) {
      on_failure(context, sink);
    }
  }
  (void)closedir(dir);
}
