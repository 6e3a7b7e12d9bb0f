/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "breakglass/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define TEMP_TRIES 16
#define TEMP_PATH_SIZE 512 /* ours are short, and a page of the stack costs a fault */

static enum bg_error write_error(void) {
  return errno == EEXIST                     ? BG_ERR_EXISTS
         : errno == EACCES || errno == EPERM ? BG_ERR_DENIED
                                             : BG_ERR_IO;
}

static bool write_all(int fd, struct bg_bytes content) {
  while (content.len > 0) {
    ssize_t n = write(fd, content.data, content.len);
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n <= 0) {
      return false;
    }
    content = bg_bytes(content.data + n, content.len - (size_t)n);
  }
  return true;
}

static void remove_quietly(int dir, const char *name) {
  int saved = errno; /* the reason of the failure is the caller's */
  (void)unlinkat(dir, name, 0);
  errno = saved;
}

enum durability { VOLATILE, DURABLE };

/* A new file, whole or not there. */
static enum bg_error write_new(int dir, const char *name, mode_t mode, struct bg_bytes content,
                               enum durability durability) {
  int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) {
    return write_error();
  }
  bool good = write_all(fd, content) && (mode == 0600 || fchmod(fd, mode) == 0) &&
              (durability == VOLATILE || fsync(fd) == 0);
  int saved = errno;
  (void)close(fd);
  errno = saved;
  if (!good) {
    remove_quietly(dir, name);
  }
  return good ? BG_OK : BG_ERR_IO;
}

/* A new file under a name hidden from those who list the folder, below the prefix
 * ("" or the folder's path with its slash). The clock parts writers; two that meet in
 * one nanosecond part at the next. */
static enum bg_error write_temp(int dir, struct bg_bytes prefix, mode_t mode,
                                struct bg_bytes content, enum durability durability,
                                char ret_path[static TEMP_PATH_SIZE]) {
  enum bg_error err = BG_ERR_EXISTS;
  for (int i = 0; err == BG_ERR_EXISTS && i < TEMP_TRIES; i++) {
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    int len = snprintf(ret_path, TEMP_PATH_SIZE, "%.*s.tmp.%lld.%09ld", (int)prefix.len,
                       (const char *)prefix.data, (long long)now.tv_sec, now.tv_nsec);
    if (len <= 0 || len >= TEMP_PATH_SIZE) {
      return BG_ERR_TOO_LARGE;
    }
    err = write_new(dir, ret_path, mode, content, durability);
  }
  return err == BG_ERR_EXISTS ? BG_ERR_IO : err;
}

enum bg_error bg_file_create(const char *path, struct bg_bytes content) {
  return write_new(AT_FDCWD, path, 0600, content, VOLATILE);
}

static struct bg_bytes folder_of(const char *path) {
  const char *slash = strrchr(path, '/');
  return bg_bytes(path, slash != NULL ? (size_t)(slash - path) + 1 : 0);
}

enum bg_error bg_file_replace(const char *path, mode_t mode, struct bg_bytes content) {
  char temp[TEMP_PATH_SIZE];
  enum bg_error err = write_temp(AT_FDCWD, folder_of(path), mode, content, VOLATILE, temp);
  if (err == BG_OK && rename(temp, path) != 0) {
    remove_quietly(AT_FDCWD, temp);
    err = write_error();
  }
  return err;
}

enum bg_error bg_stamp_write(const char *path, uid_t owner, struct timespec moment) {
  char temp[TEMP_PATH_SIZE];
  struct timespec old;
  const struct timespec times[2] = {moment, moment};
  if (bg_stamp_read(path, owner, &old) == BG_OK) { /* as it should be: moved where it is */
    return utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) == 0 ? BG_OK : write_error();
  }
  enum bg_error err = write_temp(AT_FDCWD, folder_of(path), 0600, bg_bytes_of(""), VOLATILE, temp);
  if (err == BG_OK &&
      (utimensat(AT_FDCWD, temp, times, AT_SYMLINK_NOFOLLOW) != 0 || rename(temp, path) != 0)) {
    remove_quietly(AT_FDCWD, temp);
    err = write_error();
  }
  return err;
}

enum bg_error bg_file_update(const char *path, struct bg_bytes content) {
  char temp[TEMP_PATH_SIZE];
  enum bg_error err = write_temp(AT_FDCWD, folder_of(path), 0600, content, VOLATILE, temp);
  if (err != BG_OK) {
    return err;
  }
  if (renameat2(AT_FDCWD, temp, AT_FDCWD, path, RENAME_EXCHANGE) != 0) {
    err = errno == ENOENT ? BG_ERR_NOT_FOUND : write_error();
  }
  remove_quietly(AT_FDCWD, temp); /* the old content, or the new that was not wanted */
  return err;
}

/* A name for good, or no file at all. */
static enum bg_error give_name(int dir, const char *file, const char *name) {
  if (renameat2(dir, file, dir, name, RENAME_NOREPLACE) != 0) {
    enum bg_error err = write_error();
    remove_quietly(dir, file);
    return err;
  }
  return BG_OK;
}

enum bg_error bg_file_add(int dir, const char *name, struct bg_bytes content) {
  char temp[TEMP_PATH_SIZE];
  enum bg_error err = write_temp(dir, bg_bytes_of(""), 0600, content, DURABLE, temp);
  return err == BG_OK ? give_name(dir, temp, name) : err;
}

enum bg_error bg_file_publish(int dir, const char *name, struct bg_bytes content) {
  enum bg_error err = bg_file_add(dir, name, content);
  if (err == BG_OK && fsync(dir) != 0) { /* a name that a power cut may take is not published */
    remove_quietly(dir, name);
    err = BG_ERR_IO;
  }
  return err;
}

enum bg_error bg_file_replace_durably(int dir, const char *name, struct bg_bytes content) {
  char temp[TEMP_PATH_SIZE];
  enum bg_error err = write_temp(dir, bg_bytes_of(""), 0600, content, DURABLE, temp);
  if (err == BG_OK && renameat(dir, temp, dir, name) != 0) {
    err = write_error();
    remove_quietly(dir, temp);
  }
  return err == BG_OK && fsync(dir) != 0 ? BG_ERR_IO : err;
}

enum bg_error bg_file_write_again(int dir, const char *name, struct bg_bytes content) {
  int fd = openat(dir, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  bool done = fd >= 0 && write_all(fd, content) && fsync(fd) == 0 && fsync(dir) == 0;
  if (fd >= 0) {
    (void)close(fd);
  }
  return done ? BG_OK : BG_ERR_IO;
}
