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

/* Only what this software wrote as the event of that number: BG_ERR_NOT_FOUND for all else. */
static enum bg_error read_own(int dir, int64_t number, struct bg_file *ret_file) {
  char name[BG_EVENT_NAME_SIZE];
  enum bg_error err = bg_event_name(number, name);
  if (err == BG_OK) {
    err = bg_event_read(dir, name, ret_file);
  }
  if (err == BG_OK && !bg_event_has_number(bg_bytes(ret_file->data, ret_file->len), number)) {
    bg_file_free(ret_file);
    err = BG_ERR_NOT_FOUND;
  }
  return err;
}

/* From the last name down, past blanks, and past what cannot be read: whoever comes to that number
 * finds it taken. *ret_number is 0 if there is none. */
static enum bg_error find_newest(int64_t *ret_number, struct bg_file *ret_file) {
  const char *folder = bg_paths()->events;
  struct dirent **entries = NULL;
  int dir = -1;
  *ret_number = 0;
  enum bg_error err = bg_dir_open(folder, bg_paths()->owner, &dir);
  if (err != BG_OK) {
    return err;
  }
  int count = scandir(folder, &entries, bg_event_is_sealed, alphasort);
  for (int i = count - 1; i >= 0; i--) {
    int64_t number = bg_event_number(entries[i]->d_name);
    if (*ret_number == 0 && read_own(dir, number, ret_file) == BG_OK) {
      *ret_number = number;
    }
    free(entries[i]);
  }
  free(entries);
  (void)close(dir);
  return count < 0 ? BG_ERR_IO : BG_OK;
}

static void move_to(struct bg_head *head, int64_t number, const struct bg_file *file) {
  const struct bg_bytes event = bg_bytes(file->data, file->len);
  head->number = number;
  bg_event_hash(event, head->hash);
  (void)bg_event_raises(event, &head->taint); /* of a writer killed behind it */
}

enum bg_error bg_head_catch_up(struct bg_head *head) {
  struct bg_file file = {0};
  int dir = -1;
  enum bg_error err = bg_dir_open(bg_paths()->events, bg_paths()->owner, &dir);
  if (err != BG_OK) {
    return err;
  }
  while (read_own(dir, head->number + 1, &file) == BG_OK) {
    move_to(head, head->number + 1, &file);
    bg_file_free(&file);
  }
  (void)close(dir);
  return BG_OK;
}

enum bg_error bg_head_pass(struct bg_head *head) {
  int64_t number = head->number;
  enum bg_error err = bg_head_catch_up(head);
  if (err == BG_OK && head->number == number) {
    head->number++;
    err = bg_head_catch_up(head);
  }
  return err;
}

static int64_t modified(int64_t number) {
  char name[BG_EVENT_NAME_SIZE];
  struct stat st;
  int dir = -1;
  if (bg_event_name(number, name) != BG_OK ||
      bg_dir_open(bg_paths()->events, bg_paths()->owner, &dir) != BG_OK) {
    return 0;
  }
  bool found = fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
  (void)close(dir);
  return found ? st.st_mtim.tv_sec : 0;
}

/* The file's time may be that of the blank, after a power cut. */
int64_t bg_head_newest_time(void) {
  struct bg_file file = {0};
  struct bg_taint said = {0};
  int64_t number = 0;
  if (find_newest(&number, &file) != BG_OK || number == 0) {
    return 0;
  }
  (void)bg_event_raises(bg_bytes(file.data, file.len), &said);
  bg_file_free(&file);
  int64_t time = modified(number);
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
  struct bg_file file = {0};
  int64_t number = 0;
  if (find_newest(&number, &file) == BG_OK && number > 0) {
    move_to(ret_head, number, &file);
  }
  bg_file_free(&file);
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
