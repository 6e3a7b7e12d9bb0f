/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "pending.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/event_store.h"
#include "breakglass/paths.h"
#include "event_files.h"
#include "event_json.h"
#include "reserve.h"

/* Temporary files are no events. */
static bool all_hidden(const char *entries, ssize_t len) {
  bool hidden = true;
  for (ssize_t at = 0; at < len;) {
    const struct dirent64 *entry = (const struct dirent64 *)(const void *)(entries + at);
    hidden = hidden && entry->d_name[0] == '.';
    at += entry->d_reclen;
  }
  return hidden;
}

/* Asked by every writer, so without the cost of scandir(3). */
bool bg_pending_is_empty(void) {
  _Alignas(struct dirent64) char entries[1024];
  int fd = open(bg_paths()->pending, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) {
    return false;
  }
  ssize_t len;
  do {
    len = getdents64(fd, entries, sizeof entries);
  } while (len > 0 && all_hidden(entries, len));
  (void)close(fd);
  return len == 0;
}

bool bg_pending_is_whole(struct bg_bytes event) {
  return event.len > 4 && memcmp(event.data + event.len - 3, "}}\n", 3) == 0 &&
         bg_event_unsealed(event).len < event.len;
}

static enum bg_error read_waiting(const char *name, struct bg_file *ret_file) {
  char path[BG_PATH_SIZE];
  enum bg_error err = bg_pending_path(name, path);
  return err == BG_OK ? bg_file_read(path, bg_paths()->owner, BG_EVENT_MAX, ret_file) : err;
}

static enum bg_error remove_waiting(const char *name) {
  char path[BG_PATH_SIZE];
  enum bg_error err = bg_pending_path(name, path);
  return err == BG_OK && unlink(path) != 0 ? BG_ERR_IO : err;
}

/* Seals the body as the host's next event, on run/. */
static enum bg_error seal_waiting(struct bg_head *head, struct bg_bytes body) {
  uint8_t bytes[BG_EVENT_MAX];
  struct bg_buf buf = BG_BUF(bytes);
  char name[BG_EVENT_NAME_SIZE];
  char path[BG_PATH_SIZE];
  bg_buf_put(&buf, body.data, body.len);
  enum bg_error err = bg_event_seal(&buf, BG_VOLATILE, head->number + 1, bg_head_previous(head));
  if (err == BG_OK) {
    err = bg_event_name(head->number + 1, name);
  }
  if (err == BG_OK) {
    err = bg_pending_path(name, path);
  }
  if (err == BG_OK) {
    err = bg_file_replace(path, 0600, bg_buf_view(&buf));
  }
  if (err == BG_OK) {
    bg_head_advance(head, bg_buf_view(&buf));
  }
  return err;
}

/* A sealed event that its writer could not tell the head of. */
static enum bg_error adopt(struct bg_head *head, const char *name) {
  struct bg_file file = {0};
  enum bg_error err = read_waiting(name, &file);
  if (err == BG_OK) {
    struct bg_bytes event = bg_bytes(file.data, file.len);
    if (!bg_pending_is_whole(event)) {
      err = remove_waiting(name); /* never recorded: its writer gave no grant */
    } else if (bg_event_number(name) > head->number) {
      head->number = bg_event_number(name);
      bg_event_hash(event, head->hash);
      (void)bg_event_raises(event, &head->taint);
    }
  }
  bg_file_free(&file);
  return err;
}

static enum bg_error seal_loose(struct bg_head *head, const char *name) {
  struct bg_file file = {0};
  enum bg_error err = read_waiting(name, &file);
  if (err == BG_OK) {
    struct bg_bytes body = bg_bytes(file.data, file.len);
    err = seal_waiting(head, body);
    (void)bg_event_raises(body, &head->taint);
  }
  bg_file_free(&file);
  return err == BG_OK ? remove_waiting(name) : err;
}

enum bg_twin bg_pending_twin(int dir, const char *name, struct bg_bytes event) {
  struct bg_file file = {0};
  enum bg_twin twin = BG_TWIN_NONE;
  if (bg_event_read(dir, name, &file) == BG_OK) {
    const struct bg_bytes other = bg_bytes(file.data, file.len);
    const bool same_body = bg_bytes_equal(bg_event_unsealed(other), bg_event_unsealed(event));
    twin = bg_bytes_equal(other, event) ? BG_TWIN_SAME
           : same_body                  ? BG_TWIN_RESEALED
                                        : BG_TWIN_NONE;
  }
  bg_file_free(&file);
  return twin;
}

enum bg_error bg_pending_publish(const char *name, struct bg_bytes event) {
  int dir = -1;
  enum bg_error err = bg_dir_open(bg_paths()->events, bg_paths()->owner, &dir);
  if (err != BG_OK) {
    return err;
  }
  err = bg_reserve_publish(dir, name, event);
  (void)close(dir);
  return err;
}

/* The event may stand on disk already. As it is: whoever wrote it may not have waited for
 * the disk. Sealed otherwise: the disk failed under that attempt, and it never counted. */
static enum bg_error publish_again(const char *name, struct bg_bytes event) {
  int dir = -1;
  enum bg_error err = bg_dir_open(bg_paths()->events, bg_paths()->owner, &dir);
  if (err != BG_OK) {
    return err;
  }
  const enum bg_twin twin = bg_pending_twin(dir, name, event);
  if (twin == BG_TWIN_SAME) {
    err = bg_file_write_again(dir, name, event);
  } else if (twin == BG_TWIN_RESEALED && unlinkat(dir, name, 0) != 0) {
    err = BG_ERR_IO;
  }
  (void)close(dir);
  return err == BG_OK && twin != BG_TWIN_SAME ? bg_pending_publish(name, event) : err;
}

/* Its number was taken by a file that is not ours: it becomes the newest, behind that file. */
static enum bg_error renumber(struct bg_head *head, const char *name, struct bg_bytes event) {
  int64_t number = bg_event_number(name);
  head->number -= head->number == number; /* and its hash with it, if the file is an event */
  enum bg_error err = bg_head_catch_up(head);
  head->number = head->number < number ? number : head->number;
  if (err == BG_OK) {
    err = seal_waiting(head, bg_event_unsealed(event));
  }
  return err == BG_OK ? remove_waiting(name) : err;
}

static enum bg_error bring_to_disk(struct bg_head *head, const char *name) {
  struct bg_file file = {0};
  enum bg_error err = read_waiting(name, &file);
  if (err == BG_OK) {
    struct bg_bytes event = bg_bytes(file.data, file.len);
    err = publish_again(name, event);
    if (err == BG_OK) {
      err = remove_waiting(name);
    } else if (err == BG_ERR_EXISTS) {
      err = renumber(head, name, event);
    }
  }
  bg_file_free(&file);
  return err;
}

/* Calls step for each waiting file of a kind, in order, until one fails or `most` are done. */
static enum bg_error each(struct bg_head *head, int (*is_of_kind)(const struct dirent *),
                          enum bg_error (*step)(struct bg_head *, const char *), size_t *most,
                          bool *ret_more) {
  struct dirent **entries = NULL;
  int count = scandir(bg_paths()->pending, &entries, is_of_kind, alphasort);
  enum bg_error err = count < 0 ? BG_ERR_IO : BG_OK;
  for (int i = 0; i < count; i++) {
    if (err == BG_OK && *most > 0) {
      err = step(head, entries[i]->d_name);
      *most -= err == BG_OK;
      err = err == BG_ERR_UNSAFE ? BG_OK : err; /* no event of ours: it stays, and holds up none */
    } else {
      *ret_more = err == BG_OK;
    }
    free(entries[i]);
  }
  free(entries);
  return err;
}

enum bg_error bg_pending_settle(struct bg_head *head, size_t most, bool *ret_more) {
  size_t all = BG_PENDING_ALL; /* on run/ alone nothing takes long */
  *ret_more = false;
  if (bg_pending_is_empty()) {
    return BG_OK;
  }
  enum bg_error err = each(head, bg_event_is_sealed, adopt, &all, ret_more);
  if (err == BG_OK) {
    err = each(head, bg_event_is_loose, seal_loose, &all, ret_more);
  }
  /* Twice: one that had to be renumbered waits under its new name. */
  for (int i = 0; err == BG_OK && !*ret_more && i < 2; i++) {
    err = each(head, bg_event_is_sealed, bring_to_disk, &most, ret_more);
  }
  return err;
}
