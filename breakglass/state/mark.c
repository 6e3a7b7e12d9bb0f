/* SPDX-License-Identifier: BSD-2-Clause */
/* run/mark: the latest vouched time. */
#include <config.h>

#include <unistd.h>

#include "breakglass/file.h"
#include "breakglass/lock.h"
#include "breakglass/paths.h"
#include "breakglass/run_state.h"

int64_t bg_mark_read(void) {
  struct timespec mark = {0};
  enum bg_error err = bg_stamp_read(bg_paths()->mark, bg_paths()->owner, &mark);
  if (err != BG_OK && err != BG_ERR_NOT_FOUND) {
    return BG_TIME_MAX; /* unreadable: no clock is trusted, only a challenge helps */
  }
  int64_t built = bg_clock_built();
  return mark.tv_sec > built ? mark.tv_sec : built;
}

/* Under the lock, so that two who raise it at once leave the higher value. */
enum bg_error bg_mark_raise(int64_t vouched) {
  int lock = -1;
  enum bg_error err = bg_lock_take(bg_paths()->lock, &lock);
  if (err != BG_OK) {
    return err;
  }
  if (vouched > bg_mark_read()) {
    err = bg_stamp_write(bg_paths()->mark, bg_paths()->owner, (struct timespec){.tv_sec = vouched});
  }
  (void)close(lock);
  return err;
}
