/* SPDX-License-Identifier: BSD-2-Clause */
/* Events whose files were given up, so that the store takes no more of the disk than it may. */
#include <config.h>

#include "event_dropped.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "breakglass/lock.h"
#include "breakglass/paths.h"
#include "event_files.h"

#define LIST "dropped"
#define LIST_MAX ((size_t)256 << 20) /* bytes */
#define DIGITS 10
#define HEX (2 * (size_t)BG_EVENT_HASH_SIZE)
#define PREFIX (DIGITS + 1 + HEX + 1) /* of a line: number, hash, and a blank behind each */

/* -- reading ------------------------------------------------------------------------------------
 */

/* The line at the place that the list was walked to; false before what is none. Numbers rise. */
static bool line_at(const struct bg_dropped *dropped, struct bg_stored_event *ret_event) {
  const struct bg_bytes rest =
      bg_bytes(dropped->file.data + dropped->at, dropped->file.len - dropped->at);
  const uint8_t *end = rest.len > PREFIX ? memchr(rest.data, '\n', rest.len) : NULL;
  char name[DIGITS + sizeof ".json"];
  if (end == NULL || end < rest.data + PREFIX || rest.data[DIGITS] != ' ' ||
      rest.data[PREFIX - 1] != ' ') {
    return false;
  }
  (void)snprintf(name, sizeof name, "%.*s.json", DIGITS, (const char *)rest.data);
  *ret_event = (struct bg_stored_event){.place = BG_EVENT_DROPPED, .number = bg_event_number(name)};
  ret_event->bytes = bg_bytes(rest.data + PREFIX, (size_t)(end + 1 - rest.data) - PREFIX);
  return ret_event->number > 0 && bg_parse_hex(bg_bytes(rest.data + DIGITS + 1, HEX),
                                               BG_EVENT_HASH_SIZE, ret_event->hash) == BG_OK;
}

static bool is_at_end(const struct bg_dropped *dropped) {
  return dropped->at == dropped->file.len;
}

bool bg_dropped_take(struct bg_dropped *dropped, int64_t up_to, struct bg_stored_event *ret_event) {
  if (is_at_end(dropped)) {
    return false;
  }
  if (!line_at(dropped, ret_event)) {
    dropped->error = BG_ERR_SYNTAX;
    return false;
  }
  if (ret_event->number > up_to) {
    return false;
  }
  dropped->at += PREFIX + ret_event->bytes.len;
  dropped->last = ret_event->number;
  return true;
}

void bg_dropped_load(int dir, struct bg_dropped *dropped) {
  struct bg_dropped anew = {0};
  struct bg_stored_event event;
  enum bg_error err = bg_file_read_at(dir, LIST, bg_paths()->owner, LIST_MAX, &anew.file);
  if (err != BG_OK && err != BG_ERR_NOT_FOUND) {
    dropped->error = err;
    return;
  }
  while (bg_dropped_take(&anew, dropped->last, &event)) {
  }
  anew.last = dropped->last;
  bg_dropped_free(dropped);
  *dropped = anew;
}

void bg_dropped_pass(struct bg_dropped *dropped, int64_t number) {
  dropped->last = number > dropped->last ? number : dropped->last;
}

void bg_dropped_free(struct bg_dropped *dropped) {
  bg_file_free(&dropped->file);
  *dropped = (struct bg_dropped){0};
}

/* -- dropping -----------------------------------------------------------------------------------
 */

/* The list as it will be, and how far it holds the old one. */
struct merge {
  int dir;
  struct bg_dropped old;
  size_t copied;
  uint8_t *bytes;
  size_t len;
};

static void put(struct merge *merge, struct bg_bytes bytes) {
  memcpy(merge->bytes + merge->len, bytes.data, bytes.len);
  merge->len += bytes.len;
}

/* All that is old up to that number. What is no line ends the list. */
static void copy_old(struct merge *merge, int64_t up_to) {
  struct bg_stored_event event;
  while (bg_dropped_take(&merge->old, up_to, &event)) {
  }
  if (merge->old.at > merge->copied) {
    put(merge, bg_bytes(merge->old.file.data + merge->copied, merge->old.at - merge->copied));
  }
  merge->copied = merge->old.at;
}

static enum bg_error put_line(struct merge *merge, const struct bg_event_remnant *item) {
  char name[BG_EVENT_NAME_SIZE];
  char hex[HEX + 1];
  char prefix[PREFIX + 1];
  uint8_t hash[BG_EVENT_HASH_SIZE];
  struct bg_file file = {0};
  enum bg_error err = bg_event_name(item->number, name);
  if (err == BG_OK) {
    err = bg_event_read(merge->dir, name, &file);
  }
  if (err == BG_OK) {
    bg_event_hash(bg_bytes(file.data, file.len), hash);
    bg_hex(bg_bytes(hash, sizeof hash), hex);
    (void)snprintf(prefix, sizeof prefix, "%.*s %s ", DIGITS, name, hex);
    put(merge, bg_bytes(prefix, PREFIX));
    put(merge, item->line);
  }
  bg_file_free(&file);
  return err;
}

/* One that is listed already was not removed: whoever did it was killed between the two. A list
 * that is damaged is left for people to look at. */
static enum bg_error put_all(struct merge *merge, const struct bg_event_remnant *items,
                             size_t count) {
  enum bg_error err = BG_OK;
  for (size_t i = 0; err == BG_OK && i < count; i++) {
    copy_old(merge, items[i].number);
    err = merge->old.last != items[i].number ? put_line(merge, &items[i]) : BG_OK;
  }
  copy_old(merge, INT64_MAX);
  err = err == BG_OK ? merge->old.error : err;
  return err == BG_OK && merge->len > LIST_MAX ? BG_ERR_TOO_LARGE : err;
}

static enum bg_error write_list(int dir, const struct bg_event_remnant *items, size_t count) {
  struct merge merge = {.dir = dir};
  size_t room = 0;
  for (size_t i = 0; i < count; i++) {
    room += PREFIX + items[i].line.len;
  }
  bg_dropped_load(dir, &merge.old);
  enum bg_error err = merge.old.error;
  if (err == BG_OK) {
    merge.bytes = malloc(merge.old.file.len + room);
    err = merge.bytes != NULL ? put_all(&merge, items, count) : BG_ERR_NOMEM;
  }
  if (err == BG_OK) {
    err = bg_file_replace_durably(dir, LIST, bg_bytes(merge.bytes, merge.len));
  }
  free(merge.bytes);
  bg_dropped_free(&merge.old);
  return err;
}

static enum bg_error remove_file(int dir, int64_t number) {
  char name[BG_EVENT_NAME_SIZE];
  enum bg_error err = bg_event_name(number, name);
  return err == BG_OK && unlinkat(dir, name, 0) != 0 && errno != ENOENT ? BG_ERR_IO : err;
}

/* The next event is numbered by the last one's file, where this boot does not know its number. */
static bool has_last(const struct bg_event_remnant *items, size_t count) {
  uint8_t hash[BG_EVENT_HASH_SIZE];
  int64_t last = 0;
  return bg_event_store_head(&last, hash) != BG_OK || items[count - 1].number >= last;
}

/* A file that stays is one that counts, whatever the list says: it keeps no other. */
static enum bg_error remove_files(int dir, const struct bg_event_remnant *items, size_t count) {
  enum bg_error first = BG_OK;
  for (size_t i = 0; i < count; i++) {
    enum bg_error err = remove_file(dir, items[i].number);
    first = first == BG_OK ? err : first;
  }
  return first;
}

static enum bg_error drop_locked(const struct bg_event_remnant *items, size_t count) {
  int dir = -1;
  if (has_last(items, count)) {
    return BG_ERR_RANGE;
  }
  enum bg_error err = bg_dir_open(bg_paths()->events, bg_paths()->owner, &dir);
  if (err != BG_OK) {
    return err;
  }
  err = write_list(dir, items, count);
  if (err == BG_OK) {
    err = remove_files(dir, items, count);
  }
  (void)close(dir);
  return err;
}

enum bg_error bg_events_drop(const struct bg_event_remnant *items, size_t count) {
  int lock = -1;
  enum bg_error err = bg_lock_take(bg_paths()->lock, &lock);
  if (err == BG_OK) {
    err = drop_locked(items, count);
    (void)close(lock);
  }
  return err;
}
