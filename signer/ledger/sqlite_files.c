/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "sqlite_files.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "breakglass/file.h"

static enum bg_error check_folder(const char *path) {
  char folder[PATH_MAX];
  const char *slash = strrchr(path, '/');
  size_t len = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
  int fd = -1;
  if (len >= sizeof folder) {
    return BG_ERR_TOO_LARGE;
  }
  memcpy(folder, path, len);
  folder[len] = '\0';
  enum bg_error err = bg_dir_open(len > 0 ? folder : ".", geteuid(), &fd);
  if (err == BG_OK) {
    (void)close(fd);
  }
  return err;
}

/* By mknod() and lstat(), never by open(): to close a descriptor of the file would take away the
 * locks of every other handle that this process has on it. */
static enum bg_error create(const char *path) {
  if (mknod(path, S_IFREG | S_IRUSR | S_IWUSR, 0) == 0 || errno == EEXIST) {
    return BG_OK;
  }
  return errno == EACCES || errno == EPERM ? BG_ERR_DENIED : BG_ERR_IO;
}

static enum bg_error check_file(const char *path, const char *suffix) {
  char file[PATH_MAX];
  struct stat st;
  int len = snprintf(file, sizeof file, "%s%s", path, suffix);
  if (len < 0 || (size_t)len >= sizeof file) {
    return BG_ERR_TOO_LARGE;
  }
  if (lstat(file, &st) != 0) {
    return errno == ENOENT ? BG_OK : BG_ERR_IO;
  }
  bool ours = S_ISREG(st.st_mode) && st.st_uid == geteuid() && st.st_nlink == 1 &&
              (st.st_mode & (S_IRWXG | S_IRWXO)) == 0;
  return ours ? BG_OK : BG_ERR_UNSAFE;
}

enum bg_error sqlite_files_prepare(const char *path, size_t size, char *ret_reason) {
  /* SQLite gives the files beside the database its owner and mode. */
  static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
  enum bg_error err = check_folder(path);
  if (err != BG_OK) {
    (void)snprintf(ret_reason, size, "the folder of %s: %s", path, bg_strerror(err));
    return err;
  }
  err = create(path);
  const char *suffix = "";
  for (size_t i = 0; err == BG_OK && i < sizeof suffixes / sizeof suffixes[0]; i++) {
    suffix = suffixes[i];
    err = check_file(path, suffix);
  }
  if (err != BG_OK) {
    (void)snprintf(ret_reason, size, "%s%s: %s", path, suffix, bg_strerror(err));
  }
  return err;
}
