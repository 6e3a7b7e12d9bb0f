/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading the store: for those who show, deliver and judge events. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "breakglass/event_store.h"
#include "breakglass/paths.h"
#include "event_dropped.h"
#include "event_files.h"
#include "event_json.h"
#include "pending.h"

struct visit {
  bg_event_fn *on_event;
  void *context;
  enum bg_event_place place;
  struct bg_dropped dropped; /* of the folder */
};

/* Most often there is none, which one call tells. */
static bool is_there(const char *folder, const char *name) {
  char path[BG_PATH_SIZE];
  const int len = snprintf(path, sizeof path, "%s/%s", folder, name);
  return len >= (int)sizeof path || faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ||
         errno != ENOENT;
}

static enum bg_twin twin_in(const char *folder, const char *name, struct bg_bytes event) {
  int dir = -1;
  if (!is_there(folder, name) || bg_dir_open(folder, bg_paths()->owner, &dir) != BG_OK) {
    return BG_TWIN_NONE;
  }
  enum bg_twin twin = bg_pending_twin(dir, name, event);
  (void)close(dir);
  return twin;
}

/* On run/: not recorded, or shown already, since whoever brought it to disk had no time to remove
 * it. On disk: an attempt under which the disk failed; the one on run/ counts. */
static bool is_left_over(enum bg_event_place place, const char *name, struct bg_bytes event) {
  if (place == BG_EVENT_ON_DISK) {
    return twin_in(bg_paths()->pending, name, event) == BG_TWIN_RESEALED;
  }
  return place == BG_EVENT_ON_RUN &&
         (!bg_pending_is_whole(event) || twin_in(bg_paths()->events, name, event) == BG_TWIN_SAME);
}

enum visited { VISITED, NOTHING_THERE, NO_MORE_WANTED };

static enum visited visit_file(const struct visit *visit, int dir, const char *name) {
  struct bg_file file = {0};
  struct bg_stored_event event = {.place = visit->place, .number = bg_event_number(name)};
  uint8_t bytes[BG_EVENT_MAX];
  struct bg_buf buf = BG_BUF(bytes);
  enum bg_error err = bg_event_read(dir, name, &file);
  event.bytes = bg_bytes(file.data, file.len);
  if (err == BG_OK && visit->place == BG_EVENT_LOOSE) {
    bg_buf_put(&buf, event.bytes.data, event.bytes.len);
    err = bg_event_seal(&buf, BG_VOLATILE, 0, NULL);
    event.bytes = bg_buf_view(&buf);
  }
  bool nothing = err == BG_ERR_NOT_FOUND; /* brought to disk meanwhile, or a blank */
  bool left_over = err == BG_OK && is_left_over(visit->place, name, event.bytes);
  event.error = err;
  if (err != BG_OK) {
    event.bytes = bg_bytes(NULL, 0);
  }
  enum visited visited = nothing || left_over                      ? NOTHING_THERE
                         : visit->on_event(visit->context, &event) ? VISITED
                                                                   : NO_MORE_WANTED;
  bg_file_free(&file);
  return visited;
}

static bool is_blank(int dir, const char *name) {
  enum bg_blank blank = bg_file_blank_look(dir, name, bg_paths()->owner);
  return blank == BG_BLANK_NAMED || blank == BG_BLANK_UNNAMED;
}

/* Those whose files were given up, up to that number. */
static enum visited visit_dropped(struct visit *visit, int64_t up_to) {
  enum visited visited = NOTHING_THERE;
  struct bg_stored_event event;
  while (visited != NO_MORE_WANTED && bg_dropped_take(&visit->dropped, up_to, &event)) {
    visited = visit->on_event(visit->context, &event) ? VISITED : NO_MORE_WANTED;
  }
  return visited;
}

/* One whose file has nothing in it, or is gone: since the list was read, perhaps. */
static enum visited visit_dropped_one(struct visit *visit, int dir, const char *name) {
  const int64_t number = bg_event_number(name);
  enum visited visited = visit_dropped(visit, number);
  if (visited == NOTHING_THERE && visit->dropped.last < number &&
      faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) != 0) {
    bg_dropped_load(dir, &visit->dropped);
    visited = visit_dropped(visit, number);
  }
  return visited;
}

/* An event in a file counts, whatever the list says: it was not removed yet. */
static enum visited visit_in_order(struct visit *visit, int dir, const char *name) {
  struct bg_stored_event passed;
  if (visit->place != BG_EVENT_ON_DISK) {
    return visit_file(visit, dir, name);
  }
  if (visit_dropped(visit, bg_event_number(name) - 1) == NO_MORE_WANTED) {
    return NO_MORE_WANTED;
  }
  const enum visited visited = visit_file(visit, dir, name);
  if (visited == NOTHING_THERE) {
    return visit_dropped_one(visit, dir, name);
  }
  while (bg_dropped_take(&visit->dropped, bg_event_number(name), &passed)) {
  }
  bg_dropped_pass(&visit->dropped, bg_event_number(name));
  return visited;
}

/* What is behind the last file; and that there may have been more. */
static enum visited visit_rest(struct visit *visit) {
  enum visited visited = visit_dropped(visit, INT64_MAX);
  if (visited != NO_MORE_WANTED && visit->dropped.error != BG_OK) {
    const struct bg_stored_event unknown = {.place = BG_EVENT_DROPPED,
                                            .error = visit->dropped.error};
    visited = visit->on_event(visit->context, &unknown) ? VISITED : NO_MORE_WANTED;
  }
  return visited;
}

/* In order, though events are recorded meanwhile: a file in which nothing was is looked at again
 * before the next in which something is. */
static enum visited visit_all(struct visit *visit, int dir, struct dirent **entries, int count) {
  enum visited visited = VISITED;
  int next = 0; /* behind the last in which something was */
  for (int i = 0; visited != NO_MORE_WANTED && i < count; i++) {
    if (next < i && is_blank(dir, entries[i]->d_name)) {
      continue;
    }
    for (int at = next; visited != NO_MORE_WANTED && at <= i; at++) {
      visited = visit_in_order(visit, dir, entries[at]->d_name);
      next = visited == VISITED ? at + 1 : next;
    }
  }
  return visited != NO_MORE_WANTED ? visit_rest(visit) : visited;
}

/* BG_ERR_NOT_FOUND if on_event wants no more. */
static enum bg_error each(struct visit *visit, const char *folder,
                          int (*is_of_kind)(const struct dirent *)) {
  int dir = -1;
  enum bg_error err = bg_dir_open(folder, bg_paths()->owner, &dir);
  if (err != BG_OK) {
    return err == BG_ERR_NOT_FOUND ? BG_OK : err;
  }
  struct dirent **entries = NULL;
  int count = scandir(folder, &entries, is_of_kind, alphasort);
  err = count < 0 ? BG_ERR_IO : BG_OK;
  if (err == BG_OK && visit->place == BG_EVENT_ON_DISK) { /* behind scandir(3), to miss none */
    bg_dropped_load(dir, &visit->dropped);
  }
  if (err == BG_OK && visit_all(visit, dir, entries, count) == NO_MORE_WANTED) {
    err = BG_ERR_NOT_FOUND;
  }
  for (int i = 0; i < count; i++) {
    free(entries[i]);
  }
  free(entries);
  bg_dropped_free(&visit->dropped);
  (void)close(dir);
  return err;
}

enum bg_error bg_events_each(bg_event_fn *on_event, void *context) {
  struct visit visit = {.on_event = on_event, .context = context, .place = BG_EVENT_ON_DISK};
  enum bg_error err = each(&visit, bg_paths()->events, bg_event_is_sealed);
  if (err == BG_OK) {
    visit.place = BG_EVENT_ON_RUN;
    err = each(&visit, bg_paths()->pending, bg_event_is_sealed);
  }
  if (err == BG_OK) {
    visit.place = BG_EVENT_LOOSE;
    err = each(&visit, bg_paths()->pending, bg_event_is_loose);
  }
  return err == BG_ERR_NOT_FOUND ? BG_OK : err;
}

/* BG_ERR_BUSY: what is in the folder cannot be known now. */
static enum bg_error get_in(const char *folder, const char *name, struct bg_file *ret_file) {
  int dir = -1;
  if (bg_dir_open(folder, bg_paths()->owner, &dir) != BG_OK) {
    return BG_ERR_BUSY;
  }
  enum bg_error err = bg_event_read(dir, name, ret_file);
  (void)close(dir);
  return err;
}

static enum bg_error keep_if(enum bg_error err, struct bg_file *file, struct bg_file *ret_file) {
  if (err == BG_OK) {
    *ret_file = *file;
  } else {
    bg_file_free(file);
  }
  return err;
}

/* What a writer has put on run/ before the disk may be gone the next moment. */
static bool stays_on_run(struct bg_bytes event) {
  static const char says[] = "\"durability\":\"volatile\"";
  return bg_pending_is_whole(event) && memmem(event.data, event.len, says, sizeof says - 1) != NULL;
}

/* Not an attempt under which the disk failed. */
static enum bg_error get_on_disk(const char *name, struct bg_file *ret_file) {
  struct bg_file file = {0};
  enum bg_error err = get_in(bg_paths()->events, name, &file);
  if (err == BG_OK && is_left_over(BG_EVENT_ON_DISK, name, bg_bytes(file.data, file.len))) {
    err = BG_ERR_NOT_FOUND;
  }
  return keep_if(err, &file, ret_file);
}

static enum bg_error get_on_run(const char *name, struct bg_file *ret_file) {
  struct bg_file file = {0};
  enum bg_error err = get_in(bg_paths()->pending, name, &file);
  if (err == BG_OK && !stays_on_run(bg_bytes(file.data, file.len))) {
    err = BG_ERR_NOT_FOUND;
  }
  return keep_if(err, &file, ret_file);
}

enum bg_error bg_event_get(int64_t number, struct bg_file *ret_file,
                           enum bg_event_place *ret_place) {
  char name[BG_EVENT_NAME_SIZE];
  enum bg_error err = bg_event_name(number, name);
  if (err != BG_OK) {
    return err;
  }
  err = get_on_disk(name, ret_file);
  if (err == BG_OK) {
    *ret_place = BG_EVENT_ON_DISK;
    return BG_OK;
  }
  if (get_on_run(name, ret_file) == BG_OK) {
    *ret_place = BG_EVENT_ON_RUN;
    return BG_OK;
  }
  *ret_place = BG_EVENT_ON_DISK;
  return get_on_disk(name, ret_file); /* it may have been brought there between the two */
}

static enum bg_error find_after(const char *folder, int64_t number, int64_t *next) {
  DIR *dir = opendir(folder);
  if (dir == NULL) {
    return BG_ERR_IO;
  }
  errno = 0;
  for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
    const int64_t found = bg_event_number(entry->d_name);
    *next = found > number && found < *next ? found : *next;
  }
  const enum bg_error err = errno == 0 ? BG_OK : BG_ERR_IO;
  (void)closedir(dir);
  return err;
}

enum bg_error bg_event_next(int64_t number, int64_t *ret_next) {
  int64_t next = INT64_MAX;
  enum bg_error err = find_after(bg_paths()->events, number, &next);
  if (err == BG_OK) {
    err = find_after(bg_paths()->pending, number, &next);
  }
  if (err == BG_OK) {
    *ret_next = next;
  }
  return err;
}

enum bg_error bg_event_store_head(int64_t *ret_number,
                                  uint8_t ret_hash[static BG_EVENT_HASH_SIZE]) {
  struct bg_head head;
  enum bg_error err = bg_head_read(&head);
  if (err == BG_OK) {
    *ret_number = head.number;
    memcpy(ret_hash, head.hash, sizeof head.hash);
  }
  return err;
}

enum bg_error bg_event_store_size(int64_t *ret_bytes) {
  int64_t blocks = 0; /* of 512 bytes, whatever the file system's are */
  struct stat st;
  DIR *dir = opendir(bg_paths()->events);
  if (dir == NULL) {
    return BG_ERR_IO;
  }
  errno = 0;
  for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
    const bool found = fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0;
    blocks += found && S_ISREG(st.st_mode) ? st.st_blocks : 0;
    errno = 0;
  }
  const enum bg_error err = errno == 0 ? BG_OK : BG_ERR_IO;
  (void)closedir(dir);
  *ret_bytes = blocks * 512;
  return err;
}

struct search {
  char hex[2 * BG_TOKEN_ID_SIZE + 1];
  bool proven;
};

/* Anything that waits on run/, cannot be read or speaks of the id ends the proof. */
static bool speaks_not_of(void *context, const struct bg_stored_event *event) {
  struct search *search = context;
  search->proven =
      (event->place == BG_EVENT_ON_DISK || event->place == BG_EVENT_DROPPED) &&
      event->bytes.len > 0 &&
      memmem(event->bytes.data, event->bytes.len, search->hex, sizeof search->hex - 1) == NULL;
  return search->proven;
}

static bool is_writable(const char *folder) {
  struct statvfs disk;
  return access(folder, W_OK) == 0 && statvfs(folder, &disk) == 0 && disk.f_bfree > 0 &&
         (disk.f_files == 0 || disk.f_ffree > 0);
}

bool bg_event_store_proves_unused(void *unused, const uint8_t id[static BG_TOKEN_ID_SIZE],
                                  int64_t issued_at) {
  (void)unused;
  struct search search = {.proven = true};
  struct timespec ended;
  /* A boot after that one may have left no trace on the disk, if it was read-only. That
   * boot took no token which was older than itself. */
  if (bg_stamp_read(bg_paths()->boot_proof, bg_paths()->owner, &ended) != BG_OK ||
      issued_at > ended.tv_sec || !is_writable(bg_paths()->events)) {
    return false;
  }
  bg_hex(bg_bytes(id, BG_TOKEN_ID_SIZE), search.hex);
  return bg_events_each(speaks_not_of, &search) == BG_OK && search.proven;
}
