/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent.h"
#include "breakglass/lock.h"
#include "breakglass/paths.h"

static enum bg_error make_folder(const char *path) {
  if (mkdir(path, 0700) == 0 || errno == EEXIST) {
    return BG_OK;
  }
  return errno == EACCES || errno == EPERM ? BG_ERR_DENIED : BG_ERR_IO;
}

enum bg_error agent_lock(const char *path, int *ret_lock) {
  enum bg_error err = make_folder(bg_paths()->run_cursors);
  if (err == BG_OK) {
    err = make_folder(bg_paths()->pending);
  }
  if (err == BG_OK) {
    err = make_folder(bg_paths()->grants);
  }
  return err == BG_OK ? bg_lock_take(path, ret_lock) : err;
}

void agent_unlock(int lock) {
  (void)close(lock);
}
