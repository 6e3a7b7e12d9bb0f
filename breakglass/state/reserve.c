/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "reserve.h"

#include <unistd.h>

#include "breakglass/paths.h"
#include "event_files.h"

#define BLANKS 16 /* logins are rare, and each makes two events */

static bool is_ready(int dir, const char *name) {
  return bg_file_blank_is(dir, name, bg_paths()->owner);
}

enum bg_error bg_reserve_ensure(int dir, int64_t number) {
  char name[BG_EVENT_NAME_SIZE];
  enum bg_error err = bg_event_name(number, name);
  if (err != BG_OK || is_ready(dir, name)) {
    return err;
  }
  return bg_file_blank_make(dir, name);
}

/* BG_ERR_EXISTS: an event was faster, or it is what a later event will come upon. */
enum bg_error bg_reserve_make(int dir, int64_t number) {
  for (int64_t i = 1; i <= BLANKS; i++) {
    enum bg_error err = bg_reserve_ensure(dir, number + i);
    if (err != BG_OK && err != BG_ERR_EXISTS) {
      return err;
    }
  }
  return fsync(dir) == 0 ? BG_OK : BG_ERR_IO; /* for those that a killed maker left, too */
}

void bg_reserve_settle(int dir, int64_t number) {
  for (int64_t i = 1; i <= BLANKS; i++) {
    char name[BG_EVENT_NAME_SIZE];
    if (bg_event_name(number + i, name) == BG_OK) {
      bg_file_blank_settle(dir, name, bg_paths()->owner);
    }
  }
}

/* Into the blank; one that is too small makes way. */
static enum bg_error fill(int dir, const char *name, struct bg_bytes event) {
  enum bg_error err = bg_file_blank_fill(dir, name, bg_paths()->owner, event);
  if (err == BG_ERR_TOO_LARGE) {
    err = unlinkat(dir, name, 0) == 0 ? BG_ERR_NOT_FOUND : BG_ERR_IO;
  }
  return err;
}

enum bg_error bg_reserve_publish(int dir, const char *name, struct bg_bytes event) {
  enum bg_error err = BG_ERR_EXISTS;
  for (int i = 0; err == BG_ERR_EXISTS && i < 2; i++) { /* one may be made between the two */
    err = fill(dir, name, event);
    if (err != BG_ERR_NOT_FOUND) {
      return err;
    }
    err = bg_file_publish(dir, name, event);
  }
  return err;
}
