/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "cursor.h"

#include <dirent.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "breakglass/cursor.h"
#include "breakglass/file.h"
#include "breakglass/paths.h"

/* The one on run/ is ahead where the disk takes nothing. */
int64_t cursor_read(const char *sink) {
  int64_t on_disk = bg_cursor_read(bg_paths()->cursors, sink);
  int64_t on_run = bg_cursor_read(bg_paths()->run_cursors, sink);
  return on_run > on_disk ? on_run : on_disk;
}

static void path_in(const char *folder, const char *sink, char ret_path[static BG_PATH_SIZE]) {
  (void)snprintf(ret_path, BG_PATH_SIZE, "%s/%s", folder, sink);
}

static enum bg_error write_in(const char *folder, const char *sink, int64_t cursor) {
  char path[BG_PATH_SIZE];
  char text[32];
  path_in(folder, sink, path);
  (void)snprintf(text, sizeof text, "%" PRId64, cursor);
  return bg_file_replace(path, 0600, bg_bytes_of(text));
}

/* One beyond the last event is of events before they began anew. */
static bool is_ahead(const char *sink, int64_t cursor) {
  uint8_t hash[BG_EVENT_HASH_SIZE];
  int64_t last = 0;
  const int64_t written = bg_cursor_read(bg_paths()->run_cursors, sink);
  return written > cursor && bg_event_store_head(&last, hash) == BG_OK && written <= last;
}

enum bg_error cursor_write(const char *sink, int64_t cursor) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  (void)pthread_mutex_lock(&lock);
  enum bg_error err =
      is_ahead(sink, cursor) ? BG_OK : write_in(bg_paths()->run_cursors, sink, cursor);
  (void)pthread_mutex_unlock(&lock);
  return err;
}

void cursor_forget(const char *sink) {
  char path[BG_PATH_SIZE];
  path_in(bg_paths()->run_cursors, sink, path);
  (void)unlink(path);
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
