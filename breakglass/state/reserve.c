/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "reserve.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/paths.h"
#include "event_files.h"

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

static enum bg_error make_slot(int dir, int64_t number) {
  char name[SLOT_NAME_SIZE];
  char blank[SLOT_SIZE];
  memset(blank, ' ', sizeof blank); /* what JSON may end in, should a cut be lost */
  slot_name(number, name);
  enum bg_error err = bg_file_publish(dir, name, bg_bytes(blank, sizeof blank));
  return err == BG_ERR_EXISTS ? BG_OK : err; /* it was there, or somebody else was faster */
}

enum bg_error bg_reserve_fill(int dir) {
  enum bg_error err = BG_OK;
  for (int64_t i = 0; err == BG_OK && i < SLOTS; i++) {
    if (!is_good(dir, i)) {
      err = make_slot(dir, i);
    }
  }
  return err;
}

void bg_reserve_clear(int dir) {
  for (int64_t i = 0; i < SLOTS; i++) {
    if (!is_good(dir, i)) {
      char name[SLOT_NAME_SIZE];
      slot_name(i, name);
      (void)unlinkat(dir, name, 0);
    }
  }
}

enum bg_error bg_reserve_ensure(int dir, size_t count) {
  size_t found = 0;
  for (int64_t i = 0; found < count && i < SLOTS; i++) {
    found += is_good(dir, i);
  }
  if (found >= count) {
    return BG_OK;
  }
  bg_reserve_clear(dir);
  for (int64_t i = 0; found < count && i < SLOTS; i++) {
    found += !is_good(dir, i) && make_slot(dir, i) == BG_OK && is_good(dir, i);
  }
  return found >= count ? BG_OK : BG_ERR_IO;
}

/* Each number begins at a slot of its own, so that the first look finds one. */
enum bg_error bg_reserve_publish(int dir, const char *name, struct bg_bytes event) {
  enum bg_error err = BG_ERR_NOT_FOUND;
  int64_t number = bg_event_number(name);
  bool is_none = event.len <= SLOT_SIZE;
  for (int64_t i = 0; is_none && i < SLOTS; i++) {
    char slot[SLOT_NAME_SIZE];
    slot_name(number + i, slot);
    err = bg_file_publish_slot(dir, slot, bg_paths()->owner, name, event);
    is_none = err == BG_ERR_NOT_FOUND || err == BG_ERR_UNSAFE; /* a disk that fails is asked once */
  }
  return err;
}
