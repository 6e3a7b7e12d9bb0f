/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "breakglass/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum bg_error open_error(void) {
  switch (errno) {
  case ENOENT:
  case ESRCH: /* of a process that has ended, below /proc */
    return BG_ERR_NOT_FOUND;
  case ELOOP: /* a link */
  case ENXIO: /* a socket */
  case EISDIR:
  case ENOTDIR:
    return BG_ERR_UNSAFE;
  case EACCES:
  case EPERM:
    return BG_ERR_DENIED;
  default:
    return BG_ERR_IO;
  }
}

static bool others_can_write(const struct stat *st, uid_t owner) {
  return (st->st_uid != 0 && st->st_uid != owner) || (st->st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

/* Up to len bytes; short at the end of the file. */
static ssize_t read_some(int fd, uint8_t *data, size_t len) {
  size_t got = 0;
  while (got < len) {
    ssize_t n = read(fd, data + got, len - got);
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n < 0) {
      return -1;
    }
    if (n == 0) {
      break;
    }
    got += (size_t)n;
  }
  return (ssize_t)got;
}

static enum bg_error read_whole(int fd, const struct stat *st, struct bg_file *ret_file) {
  size_t size = (size_t)st->st_size;
  uint8_t *data = malloc(size + 1);
  if (data == NULL) {
    return BG_ERR_NOMEM;
  }
  if (read_some(fd, data, size) != (ssize_t)size) {
    free(data); /* failed, or shrunk while being read */
    return BG_ERR_IO;
  }
  data[size] = '\0';
  *ret_file = (struct bg_file){.data = data, .len = size, .changed = st->st_ctim};
  return BG_OK;
}

static enum bg_error read_file(int dir, const char *name, uid_t owner, mode_t forbidden, size_t max,
                               struct bg_file *ret_file) {
  enum bg_error err = BG_ERR_UNSAFE;
  struct stat st;
  /* Without O_NONBLOCK a FIFO would hang the login. */
  int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) {
    return open_error();
  }
  if (fstat(fd, &st) != 0) {
    err = BG_ERR_IO;
  } else if (!S_ISREG(st.st_mode) || others_can_write(&st, owner) ||
             (st.st_mode & forbidden) != 0) {
    err = BG_ERR_UNSAFE;
  } else if ((uintmax_t)st.st_size > max) {
    err = BG_ERR_TOO_LARGE;
  } else {
    err = read_whole(fd, &st, ret_file);
  }
  (void)close(fd);
  return err;
}

enum bg_error bg_file_read_at(int dir, const char *name, uid_t owner, size_t max,
                              struct bg_file *ret_file) {
  return read_file(dir, name, owner, 0, max, ret_file);
}

enum bg_error bg_stamp_read(const char *path, uid_t owner, struct timespec *ret_moment) {
  struct stat st;
  if (lstat(path, &st) != 0) {
    return open_error();
  }
  if (!S_ISREG(st.st_mode) || others_can_write(&st, owner)) {
    return BG_ERR_UNSAFE;
  }
  *ret_moment = st.st_mtim;
  return BG_OK;
}

enum bg_error bg_file_read(const char *path, uid_t owner, size_t max, struct bg_file *ret_file) {
  return read_file(AT_FDCWD, path, owner, 0, max, ret_file);
}

enum bg_error bg_file_read_secret(const char *path, uid_t owner, mode_t forbidden, size_t max,
                                  struct bg_file *ret_file) {
  return read_file(AT_FDCWD, path, owner, forbidden, max, ret_file);
}

void bg_file_free(struct bg_file *file) {
  if (file != NULL && file->data != NULL) {
    explicit_bzero(file->data, file->len);
    free(file->data);
    *file = (struct bg_file){0};
  }
}

enum bg_error bg_proc_read(const char *path, size_t cap, char *ret_text) {
  enum bg_error err = BG_OK;
  int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) {
    return open_error();
  }
  ssize_t len = read(fd, ret_text, cap - 1); /* whole: the kernel makes the text at once */
  if (len < 0) {
    err = open_error();
  } else {
    ret_text[len] = '\0';
    if (len > 0 && ret_text[len - 1] == '\n') {
      ret_text[len - 1] = '\0';
    }
  }
  (void)close(fd);
  return err;
}

enum bg_error bg_dir_open(const char *path, uid_t owner, int *ret_fd) {
  struct stat st;
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) {
    return open_error();
  }
  if (fstat(fd, &st) != 0 || others_can_write(&st, owner)) {
    (void)close(fd);
    return BG_ERR_UNSAFE;
  }
  *ret_fd = fd;
  return BG_OK;
}
