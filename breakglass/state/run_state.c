/* SPDX-License-Identifier: BSD-2-Clause */
/* The folders of run/, and the store of spent tokens with its epoch. */
#include <config.h>

#include "breakglass/run_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "breakglass/file.h"
#include "breakglass/lock.h"
#include "breakglass/paths.h"
#include "breakglass/text.h"
#include "head.h"

/* A folder that only its owner can write; private: that nobody else can enter. */
static enum bg_error check_folder(const char *path, bool private) {
  struct stat st;
  if (lstat(path, &st) != 0) {
    return errno == ENOENT ? BG_ERR_NOT_FOUND : errno == EACCES ? BG_ERR_DENIED : BG_ERR_IO;
  }
  mode_t refused = private ? S_IRWXG | S_IRWXO : S_IWGRP | S_IWOTH;
  bool safe = S_ISDIR(st.st_mode) && st.st_uid == bg_paths()->owner && (st.st_mode & refused) == 0;
  return safe ? BG_OK : BG_ERR_UNSAFE;
}

/* The private folders, in the order in which they are made. */
static const char *folder(size_t i) {
  const struct bg_paths *paths = bg_paths();
  const char *const folders[] = {paths->spent, paths->grants, paths->sessions, paths->pending};
  return i < sizeof folders / sizeof folders[0] ? folders[i] : NULL;
}

static enum bg_error check_folders(void) {
  enum bg_error err = check_folder(bg_paths()->run, false);
  for (size_t i = 0; err == BG_OK && folder(i) != NULL; i++) {
    err = check_folder(folder(i), true);
  }
  return err;
}

/* Asked at each login: a store without one of the other folders denies where
 * that folder is needed. */
static enum bg_error check_store(void) {
  enum bg_error err = check_folder(bg_paths()->run, false);
  return err == BG_OK ? check_folder(bg_paths()->spent, true) : err;
}

static enum bg_error make_folders(void) {
  for (size_t i = 0; folder(i) != NULL; i++) {
    if (mkdir(folder(i), 0700) != 0 && errno != EEXIST) {
      return BG_ERR_IO;
    }
  }
  return check_folders();
}

/* One that no epoch can be was not made by this software, and counts as none. */
static enum bg_error read_epoch(int64_t *ret_epoch) {
  struct timespec epoch;
  enum bg_error err = bg_stamp_read(bg_paths()->epoch, bg_paths()->owner, &epoch);
  if (err == BG_OK && (epoch.tv_sec <= 0 || epoch.tv_sec > BG_TIME_MAX)) {
    err = BG_ERR_NOT_FOUND;
  }
  if (err == BG_OK) {
    *ret_epoch = epoch.tv_sec;
  }
  return err;
}

/* A clock that is behind must not move the begin before tokens that were used:
 * those that were vouched for, and those that the disk has an event of. */
static int64_t after_all_known(int64_t now) {
  int64_t mark = bg_mark_read();
  int64_t newest_event = bg_head_newest_time() + 1;
  int64_t known = mark > newest_event ? mark : newest_event;
  return now > known ? now : known;
}

/* Under the lock. A store without an epoch, or an epoch without its store, says
 * nothing of the time before now. Ids that are found there stay spent. */
static enum bg_error begin(int64_t now, int64_t *ret_epoch) {
  bool store_is_there = check_folder(bg_paths()->spent, true) == BG_OK;
  enum bg_error err = make_folders();
  if (err != BG_OK) {
    return err;
  }
  int64_t epoch = 0;
  if (store_is_there && read_epoch(&epoch) == BG_OK) { /* another process was faster */
    *ret_epoch = epoch;
    return BG_OK;
  }
  epoch = after_all_known(now);
  err = bg_stamp_write(bg_paths()->epoch, bg_paths()->owner, (struct timespec){.tv_sec = epoch});
  if (err == BG_OK) {
    *ret_epoch = epoch;
  }
  return err;
}

enum bg_error bg_run_state_prepare(int64_t now, int64_t *ret_epoch) {
  enum bg_error err = check_store();
  if (err == BG_OK && read_epoch(ret_epoch) == BG_OK) {
    return BG_OK;
  }
  if (err != BG_OK && err != BG_ERR_NOT_FOUND) {
    return err;
  }
  int lock = -1;
  err = bg_lock_take(bg_paths()->lock, &lock);
  if (err != BG_OK) {
    return err;
  }
  err = begin(now, ret_epoch);
  (void)close(lock);
  return err;
}

static bool spent_path(const uint8_t *id, char *ret_path) {
  char hex[2 * BG_TOKEN_ID_SIZE + 1];
  bg_hex(bg_bytes(id, BG_TOKEN_ID_SIZE), hex);
  int len = snprintf(ret_path, BG_PATH_SIZE, "%s/%s", bg_paths()->spent, hex);
  return len > 0 && len < BG_PATH_SIZE;
}

enum bg_error bg_spent_consume(const uint8_t id[static BG_TOKEN_ID_SIZE]) {
  char path[BG_PATH_SIZE];
  if (!spent_path(id, path)) {
    return BG_ERR_IO;
  }
  /* The name says all: an empty file can not be half-written. */
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) {
    return errno == EEXIST ? BG_REFUSED_ALREADY_USED : BG_ERR_IO;
  }
  (void)close(fd);
  return BG_OK;
}

bool bg_spent_has(const uint8_t id[static BG_TOKEN_ID_SIZE]) {
  char path[BG_PATH_SIZE];
  return spent_path(id, path) && faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}
