/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "head.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
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

struct newest {
  int64_t number; /* of the newest event that can be read; 0: none */
  int64_t taken;  /* the last number whose file is no blank; 0: none */
  struct bg_file file;
};

static void look_at(int dir, const char *name, struct newest *newest) {
  if (newest->number > 0) {
    return; /* what is older */
  }
  enum bg_error err = bg_event_read(dir, name, &newest->file);
  int64_t number = bg_event_number(name);
  if (err == BG_OK) {
    newest->number = number;
  }
  if (err != BG_ERR_NOT_FOUND && newest->taken == 0) {
    newest->taken = number;
  }
}

/* From the last name down. */
static enum bg_error find_newest(const char *folder, struct newest *ret_newest) {
  struct dirent **entries = NULL;
  int dir = -1;
  *ret_newest = (struct newest){0};
  enum bg_error err = bg_dir_open(folder, bg_paths()->owner, &dir);
  if (err != BG_OK) {
    return err;
  }
  int count = scandir(folder, &entries, bg_event_is_sealed, alphasort);
  for (int i = count - 1; i >= 0; i--) {
    look_at(dir, entries[i]->d_name, ret_newest);
    free(entries[i]);
  }
  free(entries);
  (void)close(dir);
  return count < 0 ? BG_ERR_IO : BG_OK;
}

enum bg_error bg_head_catch_up(struct bg_head *head) {
  struct newest newest;
  enum bg_error err = find_newest(bg_paths()->events, &newest);
  if (err != BG_OK) {
    return err;
  }
  const struct bg_bytes event = bg_bytes(newest.file.data, newest.file.len);
  if (newest.number > head->number) {
    head->number = newest.number;
    bg_event_hash(event, head->hash);
    (void)bg_event_raises(event, &head->taint); /* of a writer killed behind it */
  }
  head->number = newest.taken > head->number ? newest.taken : head->number;
  bg_file_free(&newest.file);
  return BG_OK;
}

static int64_t modified(const char *folder, int64_t number) {
  char name[BG_EVENT_NAME_SIZE];
  struct stat st;
  int dir = -1;
  if (bg_event_name(number, name) != BG_OK ||
      bg_dir_open(folder, bg_paths()->owner, &dir) != BG_OK) {
    return 0;
  }
  bool found = fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
  (void)close(dir);
  return found ? st.st_mtim.tv_sec : 0;
}

/* The file's time may be that of the blank, after a power cut; the event may be damaged. */
int64_t bg_head_newest_time(const char *folder) {
  struct newest newest;
  struct bg_taint said = {0};
  if (find_newest(folder, &newest) != BG_OK) {
    return 0;
  }
  (void)bg_event_raises(bg_bytes(newest.file.data, newest.file.len), &said);
  bg_file_free(&newest.file);
  int64_t time = modified(folder, newest.taken);
  return said.since > time ? said.since : time;
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
