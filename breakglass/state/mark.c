/* SPDX-License-Identifier: BSD-2-Clause */
/* run/mark: the latest vouched time, as decimal digits. */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "breakglass/file.h"
#include "breakglass/lock.h"
#include "breakglass/paths.h"
#include "breakglass/run_state.h"
#include "breakglass/text.h"

int64_t bg_mark_read(void) {
  struct bg_file file = {0};
  int64_t mark = 0;
  enum bg_error err = bg_file_read(bg_paths()->mark, bg_paths()->owner, 32, &file);
  if (err == BG_OK) {
    err = bg_parse_uint(bg_bytes(file.data, file.len), 0, BG_TIME_MAX, &mark);
  }
  bg_file_free(&file);
  if (err != BG_OK && err != BG_ERR_NOT_FOUND) {
    return BG_TIME_MAX; /* unreadable: no clock is trusted, only a challenge helps */
  }
  int64_t built = bg_clock_built();
  return mark > built ? mark : built;
}

/* Under the lock, so that two who raise it at once leave the higher value. */
enum bg_error bg_mark_raise(int64_t vouched) {
  int lock = -1;
  enum bg_error err = bg_lock_take(bg_paths()->lock, &lock);
  if (err != BG_OK) {
    return err;
  }
  if (vouched > bg_mark_read()) {
    char text[32];
    (void)snprintf(text, sizeof text, "%" PRId64, vouched);
    err = bg_file_replace(bg_paths()->mark, 0600, bg_bytes_of(text));
  }
  (void)close(lock);
  return err;
}
