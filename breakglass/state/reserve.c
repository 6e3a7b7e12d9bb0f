/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "reserve.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "breakglass/paths.h"
#include "event_files.h"
#include "event_json.h"
#include "pending.h"

#define SLOTS 16       /* logins are rare, and each makes two events */
#define SLOT_SIZE 4096 /* a block, into which all events fit but those of the longest claims */
#define SLOT_NAME_SIZE 16

/* Hidden, like all that is no event; as long as an event's name, which finds its place in the
 * folder where the slot before it was. */
static void slot_name(int64_t number, char ret_name[static SLOT_NAME_SIZE]) {
  (void)snprintf(ret_name, SLOT_NAME_SIZE, ".slot.%09d", (int)(number % SLOTS));
}

static bool is_good(int dir, int64_t number) {
  char name[SLOT_NAME_SIZE];
  slot_name(number, name);
  return bg_file_is_slot(dir, name, bg_paths()->owner, SLOT_SIZE);
}

/* In the place of one that a killed writer has cut, or that is none. Should a writer have just
 * taken it, they take the next. */
static enum bg_error make_slot(int dir, int64_t number) {
  char name[SLOT_NAME_SIZE];
  char blank[SLOT_SIZE];
  memset(blank, ' ', sizeof blank);
  slot_name(number, name);
  (void)unlinkat(dir, name, 0);
  enum bg_error err = bg_file_publish(dir, name, bg_bytes(blank, sizeof blank));
  return err == BG_ERR_EXISTS ? BG_OK : err; /* somebody else's, who was faster */
}

/* The line that the slot begins with, if that is an event. */
static struct bg_bytes event_in(const struct bg_file *slot) {
  const uint8_t *end = memchr(slot->data, '\n', slot->len);
  struct bg_bytes event = bg_bytes(slot->data, end != NULL ? (size_t)(end - slot->data) + 1 : 0);
  return bg_pending_is_whole(event) ? event : bg_bytes(NULL, 0);
}

/* Cut already, and its new name lost: not made anew before the event is on disk. */
static bool holds_event(int dir, int64_t number) {
  char name[SLOT_NAME_SIZE];
  struct bg_file file = {0};
  slot_name(number, name);
  bool holds = bg_file_read_at(dir, name, bg_paths()->owner, SLOT_SIZE, &file) == BG_OK &&
               event_in(&file).len > 0;
  bg_file_free(&file);
  return holds;
}

enum bg_error bg_reserve_fill(int dir) {
  enum bg_error err = BG_OK;
  for (int64_t i = 0; err == BG_OK && i < SLOTS; i++) {
    if (!is_good(dir, i) && !holds_event(dir, i)) {
      err = make_slot(dir, i);
    }
  }
  return err;
}

enum bg_error bg_reserve_ensure(int dir) {
  bool found = false;
  for (int64_t i = 0; !found && i < SLOTS; i++) {
    found = is_good(dir, i);
  }
  return found ? BG_OK : make_slot(dir, 0);
}

/* Each number begins at a slot of its own, so that the first look finds one. */
enum bg_error bg_reserve_publish(int dir, const char *name, struct bg_bytes event) {
  uint8_t block[SLOT_SIZE];
  enum bg_error err = BG_ERR_NOT_FOUND;
  int64_t number = bg_event_number(name);
  bool failed = event.len <= sizeof block;
  if (failed) { /* as a whole block, of which nothing has to be read before */
    memcpy(block, event.data, event.len);
    memset(block + event.len, ' ', sizeof block - event.len);
  }
  for (int64_t i = 0; failed && i < SLOTS; i++) {
    char slot[SLOT_NAME_SIZE];
    slot_name(number + i, slot);
    err = bg_file_publish_slot(dir, slot, bg_paths()->owner, name, bg_bytes(block, sizeof block),
                               event.len);
    failed = err != BG_OK && err != BG_ERR_EXISTS;
  }
  return err;
}

static enum bg_error recover(int dir, struct bg_bytes event) {
  char name[BG_EVENT_NAME_SIZE];
  char path[BG_PATH_SIZE];
  enum bg_error err = bg_event_name(bg_event_sealed_number(event), name);
  if (err != BG_OK || faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
    return BG_OK; /* of a number that is on disk: this one was given up, or is the same */
  }
  err = bg_pending_path(name, path);
  if (err == BG_OK) {
    (void)!mkdir(bg_paths()->pending, 0700); /* the boot unit comes before the folders */
    err = bg_file_create(path, event);
  }
  return err == BG_ERR_EXISTS ? BG_OK : err;
}

enum bg_error bg_reserve_recover(int dir) {
  enum bg_error err = BG_OK;
  for (int64_t i = 0; err == BG_OK && i < SLOTS; i++) {
    char slot[SLOT_NAME_SIZE];
    struct bg_file file = {0};
    slot_name(i, slot);
    if (bg_file_read_at(dir, slot, bg_paths()->owner, SLOT_SIZE, &file) == BG_OK) {
      struct bg_bytes event = event_in(&file);
      err = event.len > 0 ? recover(dir, event) : BG_OK;
    }
    bg_file_free(&file);
  }
  return err;
}
