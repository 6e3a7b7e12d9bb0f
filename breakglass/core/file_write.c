/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "breakglass/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define TEMP_NAME_SIZE 64

static enum bg_error write_error(void) {
  return errno == EEXIST ? BG_ERR_EXISTS : BG_ERR_IO;
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

/* Hidden from those who list the folder, and of this process alone. */
static void temp_name(char ret_name[static TEMP_NAME_SIZE]) {
  struct timespec now = {0};
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  (void)snprintf(ret_name, TEMP_NAME_SIZE, ".tmp.%d.%lld.%09ld", (int)getpid(),
                 (long long)now.tv_sec, now.tv_nsec);
}

enum bg_error bg_file_create(const char *path, struct bg_bytes content) {
  return write_new(AT_FDCWD, path, 0600, content, VOLATILE);
}

/* A temporary name in the folder of path. */
static enum bg_error temp_path(const char *path, char ret_path[static PATH_MAX]) {
  char name[TEMP_NAME_SIZE];
  const char *slash = strrchr(path, '/');
  int folder = slash != NULL ? (int)(slash - path) + 1 : 0;
  temp_name(name);
  int len = snprintf(ret_path, PATH_MAX, "%.*s%s", folder, path, name);
  return len > 0 && len < PATH_MAX ? BG_OK : BG_ERR_TOO_LARGE;
}

enum bg_error bg_file_replace(const char *path, mode_t mode, struct bg_bytes content) {
  char temp[PATH_MAX];
  if (temp_path(path, temp) != BG_OK) {
    return BG_ERR_TOO_LARGE;
  }
  if (write_new(AT_FDCWD, temp, mode, content, VOLATILE) != BG_OK) {
    return BG_ERR_IO;
  }
  if (rename(temp, path) != 0) {
    remove_quietly(AT_FDCWD, temp);
    return BG_ERR_IO;
  }
  return BG_OK;
}

enum bg_error bg_file_publish(int dir, const char *name, struct bg_bytes content) {
  char temp[TEMP_NAME_SIZE];
  temp_name(temp);
  if (write_new(dir, temp, 0600, content, DURABLE) != BG_OK) {
    return BG_ERR_IO;
  }
  if (renameat2(dir, temp, dir, name, RENAME_NOREPLACE) != 0) {
    enum bg_error err = write_error();
    remove_quietly(dir, temp);
    return err;
  }
  if (fsync(dir) != 0) {
    remove_quietly(dir, name); /* a name that a power cut may take is not published */
    return BG_ERR_IO;
  }
  return BG_OK;
}
