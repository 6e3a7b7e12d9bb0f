/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "breakglass/file.h"

/* How a blank begins. Nothing that is written there does. */
#define NAMED '\n'
#define UNNAMED ' '

static bool is_blank(char first) {
  return first == NAMED || first == UNNAMED;
}

static bool is_safe(const struct stat *st, uid_t owner) {
  return S_ISREG(st->st_mode) && (st->st_uid == 0 || st->st_uid == owner) &&
         (st->st_mode & (S_IWGRP | S_IWOTH)) == 0 && st->st_size == BG_FILE_BLANK_SIZE;
}

static bool read_first(int fd, uid_t owner, char *ret_first) {
  struct stat st;
  return fstat(fd, &st) == 0 && is_safe(&st, owner) && pread(fd, ret_first, 1, 0) == 1 &&
         is_blank(*ret_first);
}

/* One byte, which no reader sees half. */
static bool write_first(int fd, char first) {
  return pwrite(fd, &first, 1, 0) == 1;
}

static void close_quietly(int fd) {
  int saved = errno; /* the reason of the failure is the caller's */
  (void)close(fd);
  errno = saved;
}

static enum bg_error open_blank(int dir, const char *name, uid_t owner, int access, int *ret_fd,
                                char *ret_first) {
  int fd = openat(dir, name, access | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) {
    bool is_other = errno == ELOOP || errno == ENXIO || errno == EISDIR;
    return errno == ENOENT                     ? BG_ERR_NOT_FOUND
           : is_other                          ? BG_ERR_EXISTS
           : errno == EACCES || errno == EPERM ? BG_ERR_DENIED
                                               : BG_ERR_IO;
  }
  if (!read_first(fd, owner, ret_first)) {
    (void)close(fd);
    return BG_ERR_EXISTS;
  }
  *ret_fd = fd;
  return BG_OK;
}

enum bg_blank bg_file_blank_look(int dir, const char *name, uid_t owner) {
  char first;
  int fd;
  enum bg_error err = open_blank(dir, name, owner, O_RDONLY, &fd, &first);
  if (err != BG_OK) {
    return err == BG_ERR_NOT_FOUND ? BG_BLANK_NONE : BG_BLANK_OTHER;
  }
  (void)close(fd);
  return first == NAMED ? BG_BLANK_NAMED : BG_BLANK_UNNAMED;
}

enum bg_error bg_file_blank_make(int dir, const char *name) {
  char blank[BG_FILE_BLANK_SIZE];
  memset(blank, '\n', sizeof blank);
  blank[0] = UNNAMED;
  return bg_file_add(dir, name, bg_bytes(blank, sizeof blank));
}

void bg_file_blank_confirm(int dir, const char *name, uid_t owner) {
  char first;
  int fd;
  if (open_blank(dir, name, owner, O_RDWR, &fd, &first) == BG_OK) {
    if (first == UNNAMED) {
      (void)!write_first(fd, NAMED); /* or the folder is waited for once more */
    }
    (void)close(fd);
  }
}

/* The first byte comes last: until then the file is a blank. */
static bool write_whole(int fd, const char whole[static BG_FILE_BLANK_SIZE]) {
  const size_t rest = BG_FILE_BLANK_SIZE - 1;
  return pwrite(fd, whole + 1, rest, 1) == (ssize_t)rest && write_first(fd, whole[0]);
}

enum bg_error bg_file_blank_fill(int dir, const char *name, uid_t owner, struct bg_bytes content) {
  char whole[BG_FILE_BLANK_SIZE];
  char first;
  int fd;
  if (content.len == 0 || content.len > sizeof whole) {
    return BG_ERR_RANGE;
  }
  enum bg_error err = open_blank(dir, name, owner, O_RDWR, &fd, &first);
  if (err != BG_OK) {
    return err;
  }
  memcpy(whole, content.data, content.len);
  memset(whole + content.len, '\n', sizeof whole - content.len);
  if (!write_whole(fd, whole) || fdatasync(fd) != 0 || (first == UNNAMED && fsync(dir) != 0)) {
    int saved = errno;
    (void)!write_first(fd, first);
    errno = saved;
    err = BG_ERR_IO;
  }
  close_quietly(fd);
  return err;
}

struct bg_bytes bg_file_blank_content(struct bg_bytes file) {
  size_t len = file.len;
  if (len != BG_FILE_BLANK_SIZE) {
    return file;
  }
  if (is_blank((char)file.data[0])) {
    return bg_bytes(file.data, 0);
  }
  while (len > 1 && file.data[len - 1] == '\n' && file.data[len - 2] == '\n') {
    len--;
  }
  return bg_bytes(file.data, len);
}
