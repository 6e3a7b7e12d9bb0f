/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "cursor.h"

#include <inttypes.h>
#include <stdio.h>

#include "breakglass/file.h"
#include "breakglass/paths.h"
#include "breakglass/text.h"

static void path_in(const char *folder, const char *sink, char *ret_path) {
  (void)snprintf(ret_path, BG_PATH_SIZE, "%s/%s", folder, sink);
}

static int64_t read_in(const char *folder, const char *sink) {
  char path[BG_PATH_SIZE];
  struct bg_file file = {0};
  int64_t cursor = 0;
  path_in(folder, sink, path);
  if (bg_file_read(path, bg_paths()->owner, 32, &file) == BG_OK &&
      bg_parse_uint(bg_bytes(file.data, file.len), 0, INT64_MAX, &cursor) != BG_OK) {
    cursor = 0;
  }
  bg_file_free(&file);
  return cursor;
}

/* The one on run/ is ahead where the disk takes nothing. */
int64_t cursor_read(const char *sink) {
  int64_t on_disk = read_in(bg_paths()->cursors, sink);
  int64_t on_run = read_in(bg_paths()->run_cursors, sink);
  return on_run > on_disk ? on_run : on_disk;
}

static enum bg_error write_in(const char *folder, const char *sink, int64_t cursor) {
  char path[BG_PATH_SIZE];
  char text[32];
  path_in(folder, sink, path);
  (void)snprintf(text, sizeof text, "%" PRId64, cursor);
  return bg_file_replace(path, 0600, bg_bytes_of(text));
}

enum bg_error cursor_write(const char *sink, int64_t cursor, enum bg_event_place place,
                           bool *ret_forgetful) {
  enum bg_error err = write_in(bg_paths()->run_cursors, sink, cursor);
  if (place == BG_EVENT_ON_DISK) {
    *ret_forgetful = write_in(bg_paths()->cursors, sink, cursor) != BG_OK;
  }
  return err;
}
