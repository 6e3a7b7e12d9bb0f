/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "breakglass/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define STEP_NS 2000000 /* between two attempts */
#define ATTEMPTS 950    /* together under two seconds */

/* flock(2) belongs to the open file, so that it also excludes two openings in
 * one process and is not lost when another descriptor of the file is closed. */
static enum bg_error wait_for(int fd) {
  const struct timespec step = {.tv_nsec = STEP_NS};
  for (int i = 0; i < ATTEMPTS; i++) {
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
      return BG_OK;
    }
    if (errno != EWOULDBLOCK && errno != EINTR) {
      return BG_ERR_IO;
    }
    (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &step, NULL);
  }
  return BG_ERR_BUSY;
}

/* For reading, which flock(2) does not mind: what is open for writing keeps its file system from
 * being made read-only. */
enum bg_error bg_lock_take(const char *path, int *ret_fd) {
  int fd = open(path, O_RDONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) {
    return errno == EACCES ? BG_ERR_DENIED : BG_ERR_IO;
  }
  enum bg_error err = wait_for(fd);
  if (err != BG_OK) {
    (void)close(fd);
    return err;
  }
  *ret_fd = fd;
  return BG_OK;
}
