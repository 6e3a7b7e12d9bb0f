/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "traces.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "breakglass/file.h"
#include "breakglass/host_clock.h"
#include "breakglass/json_read.h"
#include "breakglass/paths.h"

#define BOOTS_RECORD_MAX 1024

/* A clock that was not set yet has dated what could not be then. */
static int64_t older(int64_t known, int64_t time) {
  bool possible = time >= bg_clock_built();
  return possible && (known == 0 || time < known) ? time : known;
}

static bool is_text(const char *text, const char *wanted) {
  return text != NULL && strcmp(text, wanted) == 0;
}

static void look_at_type(struct traces *traces, const char *type, const char *text) {
  enum bg_level level = BG_LEVEL_NONE;
  traces->fresh = traces->fresh || is_text(type, bg_event_type_name(BG_EVENT_HOST_FRESH));
  if (is_text(type, bg_event_type_name(BG_EVENT_TAINT_LIFETIME)) &&
      bg_level_parse(bg_bytes_of(text), &level) == BG_OK && level > traces->aged) {
    traces->aged = level;
  }
}

struct walk {
  struct traces traces;
  const char *boot_id;
};

/* An event that cannot be read says nothing but that it is there. */
static bool look_at(void *context, const struct bg_stored_event *event) {
  struct walk *walk = context;
  struct traces *traces = &walk->traces;
  json_t *root = json_read(event->bytes);
  const json_t *data = json_object_get(root, "data");
  const char *boot_id = json_text_of(json_object_get(data, "host"), "boot_id");
  traces->any_event = true;
  traces->earlier_boot = traces->earlier_boot || !is_text(boot_id, walk->boot_id);
  traces->oldest_event_time = older(traces->oldest_event_time, json_time_of(root, "time"));
  look_at_type(traces, json_text_of(root, "type"), json_text_of(data, "level"));
  json_decref(root);
  return true;
}

enum bg_error traces_of_events(const char *boot_id, struct traces *ret_traces) {
  struct walk walk = {.boot_id = boot_id};
  walk.traces.tainted = access(bg_paths()->tainted, F_OK) == 0;
  enum bg_error err = bg_events_each(look_at, &walk);
  if (err == BG_OK) {
    *ret_traces = walk.traces;
  }
  return err;
}

bool traces_first_boot(const char *boot_id) {
  struct bg_file file = {0};
  int dir = -1;
  bool first = false;
  if (bg_dir_open(bg_paths()->boots, bg_paths()->owner, &dir) != BG_OK) {
    return false;
  }
  if (bg_file_read_at(dir, "last", bg_paths()->owner, BOOTS_RECORD_MAX, &file) == BG_OK) {
    json_t *root = json_read(bg_bytes(file.data, file.len));
    const char *made = json_text_of(root, "store_boot_id");
    first = made != NULL && strcmp(made, boot_id) == 0;
    json_decref(root);
  }
  bg_file_free(&file);
  (void)close(dir);
  return first;
}

static int64_t oldest_in(const char *folder, int64_t oldest) {
  DIR *dir = opendir(folder);
  struct stat st;
  for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
    if (fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode)) {
      oldest = older(oldest, st.st_mtim.tv_sec);
    }
  }
  if (dir != NULL) {
    (void)closedir(dir);
  }
  return oldest;
}

/* The folders themselves came with the image. */
int64_t traces_oldest_file(void) {
  int64_t oldest = oldest_in(bg_paths()->events, 0);
  oldest = oldest_in(bg_paths()->boots, oldest);
  return oldest_in(bg_paths()->cursors, oldest);
}
