/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "reserve.h"

#include <unistd.h>

#include "breakglass/paths.h"
#include "event_files.h"

#define BLANKS 16 /* logins are rare, and each makes two events */

_Static_assert(BG_FILE_BLANK_SIZE >= BG_EVENT_MAX, "every event fits");

static enum bg_error ensure(int dir, int64_t number, bool *ret_unnamed) {
  char name[BG_EVENT_NAME_SIZE];
  enum bg_error err = bg_event_name(number, name);
  if (err != BG_OK) {
    return err;
  }
  switch (bg_file_blank_look(dir, name, bg_paths()->owner)) {
  case BG_BLANK_OTHER:
    return BG_ERR_EXISTS;
  case BG_BLANK_NAMED:
    return BG_OK;
  case BG_BLANK_UNNAMED:
    *ret_unnamed = true;
    return BG_OK;
  case BG_BLANK_NONE:
    break;
  }
  *ret_unnamed = true;
  return bg_file_blank_make(dir, name);
}

/* BG_ERR_EXISTS: an event was faster, or it is what a later event will come upon. */
enum bg_error bg_reserve_make(int dir, int64_t number, bool *ret_unnamed) {
  *ret_unnamed = false;
  for (int64_t i = 1; i <= BLANKS; i++) {
    enum bg_error err = ensure(dir, number + i, ret_unnamed);
    if (err != BG_OK && err != BG_ERR_EXISTS) {
      return err;
    }
  }
  return !*ret_unnamed || fsync(dir) == 0 ? BG_OK : BG_ERR_IO;
}

void bg_reserve_confirm(int dir, int64_t number) {
  for (int64_t i = 1; i <= BLANKS; i++) {
    char name[BG_EVENT_NAME_SIZE];
    if (bg_event_name(number + i, name) == BG_OK) {
      bg_file_blank_confirm(dir, name, bg_paths()->owner);
    }
  }
}

enum bg_error bg_reserve_ensure(int dir, int64_t number) {
  bool unnamed = false;
  enum bg_error err = ensure(dir, number, &unnamed);
  return err == BG_OK && unnamed && fsync(dir) != 0 ? BG_ERR_IO : err;
}

enum bg_error bg_reserve_publish(int dir, const char *name, struct bg_bytes event) {
  enum bg_error err = BG_ERR_EXISTS;
  for (int i = 0; err == BG_ERR_EXISTS && i < 2; i++) { /* one may be made between the two */
    err = bg_file_blank_fill(dir, name, bg_paths()->owner, event);
    if (err != BG_ERR_NOT_FOUND) {
      return err;
    }
    err = bg_file_publish(dir, name, event);
  }
  return err;
}
