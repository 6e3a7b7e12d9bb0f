/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "head.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "breakglass/event_store.h"
#include "breakglass/paths.h"
#include "event_files.h"
#include "event_json.h"

_Static_assert(sizeof(struct bg_head) <= 4096, "a killed writer leaves one page old or new");

#define MAGIC (UINT64_C(0x6267686561640001) + (sizeof(struct bg_head) << 16))

enum bg_error bg_head_read(struct bg_head *ret_head) {
  struct bg_file file = {0};
  enum bg_error err = bg_file_read(bg_paths()->head, bg_paths()->owner, sizeof *ret_head, &file);
  if (err == BG_OK) {
    uint64_t magic = 0;
    if (file.len == sizeof *ret_head) {
      memcpy(&magic, file.data, sizeof magic);
    }
    if (magic == MAGIC) {
      memcpy(ret_head, file.data, sizeof *ret_head);
    } else {
      err = BG_ERR_NOT_FOUND;
    }
  }
  bg_file_free(&file);
  return err == BG_ERR_TOO_LARGE ? BG_ERR_NOT_FOUND : err;
}

/* 0 if the folder holds no event. */
static enum bg_error newest(const char *folder, int64_t *ret_number) {
  DIR *dir = opendir(folder);
  if (dir == NULL) {
    return errno == ENOENT ? BG_ERR_NOT_FOUND : BG_ERR_IO;
  }
  int64_t found = 0;
  for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
    int64_t number = bg_event_number(entry->d_name);
    found = number > found ? number : found;
  }
  (void)closedir(dir);
  *ret_number = found;
  return BG_OK;
}

static enum bg_error read_event(const char *folder, int64_t number, struct bg_file *ret_file) {
  char name[BG_EVENT_NAME_SIZE];
  int dir = -1;
  enum bg_error err = bg_event_name(number, name);
  if (err == BG_OK) {
    err = bg_dir_open(folder, bg_paths()->owner, &dir);
  }
  if (err == BG_OK) {
    err = bg_file_read_at(dir, name, bg_paths()->owner, BG_EVENT_MAX, ret_file);
    (void)close(dir);
  }
  return err;
}

enum bg_error bg_head_catch_up(struct bg_head *head) {
  const char *folder = bg_paths()->events;
  int64_t number = 0;
  enum bg_error err = newest(folder, &number);
  if (err != BG_OK || number <= head->number) {
    return err;
  }
  struct bg_file file = {0};
  err = read_event(folder, number, &file);
  if (err == BG_OK) {
    head->number = number;
    bg_event_hash(bg_bytes(file.data, file.len), head->hash);
    (void)bg_event_raises(bg_bytes(file.data, file.len),
                          &head->taint); /* of a writer killed behind it */
  }
  bg_file_free(&file);
  return err;
}

int64_t bg_head_newest_time(const char *folder) {
  int64_t number = 0;
  char name[BG_EVENT_NAME_SIZE];
  struct stat st;
  int dir = -1;
  if (newest(folder, &number) != BG_OK || bg_event_name(number, name) != BG_OK ||
      bg_dir_open(folder, bg_paths()->owner, &dir) != BG_OK) {
    return 0;
  }
  bool found = fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
  (void)close(dir);
  return found ? st.st_mtim.tv_sec : 0;
}

enum bg_error bg_head_load(struct bg_head *ret_head) {
  enum bg_error err = bg_head_read(ret_head);
  if (err != BG_ERR_NOT_FOUND) {
    return err;
  }
  (void)unlink(bg_paths()->head);
  memset(ret_head, 0, sizeof *ret_head); /* padding too: it is written as it is */
  ret_head->magic = MAGIC;
  bg_host_facts_read(&ret_head->facts);
  /* A disk that cannot be read must not keep the host from being tainted: numbers
   * taken twice are found out when the events come to disk. */
  (void)!bg_head_catch_up(ret_head);
  return BG_OK;
}

enum bg_error bg_head_save(const struct bg_head *head) {
  int fd = open(bg_paths()->head, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) {
    return BG_ERR_IO;
  }
  ssize_t written = pwrite(fd, head, sizeof *head, 0);
  (void)close(fd);
  return written == (ssize_t)sizeof *head ? BG_OK : BG_ERR_IO;
}

void bg_head_advance(struct bg_head *head, struct bg_bytes event) {
  head->number++;
  bg_event_hash(event, head->hash);
}

const uint8_t *bg_head_previous(const struct bg_head *head) {
  return head->number > 0 ? head->hash : NULL;
}
