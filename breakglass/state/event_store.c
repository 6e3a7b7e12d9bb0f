/* SPDX-License-Identifier: BSD-2-Clause */
/* Recording an event: docs/PROTOCOL.events.md, "The store". */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "breakglass/event_store.h"
#include "breakglass/lock.h"
#include "breakglass/paths.h"
#include "event_files.h"
#include "event_json.h"
#include "pending.h"
#include "reserve.h"

#define SETTLED_AT_ONCE 4 /* events, each of which the disk is waited for */
#define TURN_NS 10000000  /* then whoever wants the lock, and looks each 2 ms, has it */
#define COLLISIONS_MAX 8  /* numbers found taken by others' files, one after the other */

static void new_id(char ret_id[static BG_EVENT_ID_SIZE]) {
  uint8_t random[(BG_EVENT_ID_SIZE - 1) / 2];
  randombytes_buf(random, sizeof random);
  bg_hex(bg_bytes(random, sizeof random), ret_id);
}

/* Never later than the first taint allows; its age alone, for weeks perhaps, is none here. */
static int64_t replace_by(const struct bg_event *event, const struct bg_taint *taint) {
  int64_t first = taint->first > 0 && taint->first < event->time ? taint->first : event->time;
  bool capped = event->longest_tainted > 0 && event->replace_by > first + event->longest_tainted;
  return capped ? first + event->longest_tainted : event->replace_by;
}

static void taint_by_session(struct bg_taint *taint, const struct bg_session *session) {
  struct bg_taint_session shown = {.deadline = session->deadline};
  memcpy(shown.token_id, session->token_id, BG_TOKEN_ID_SIZE);
  bg_text_fit(sizeof shown.subject, shown.subject, session->subject);
  bg_text_fit(sizeof shown.login, shown.login, session->login);
  bg_text_fit(sizeof shown.reason, shown.reason, session->reason);
  bg_text_fit(sizeof shown.service, shown.service, session->service);
  bg_text_fit(sizeof shown.source, shown.source, session->source);
  bg_taint_add_session(taint, &shown);
}

static void taint_by_age(struct bg_taint *taint, const struct bg_event *event, int64_t by) {
  bg_taint_age(taint, event->level, event->time, by);
  bg_text_fit(sizeof taint->who, taint->who, BG_EVENT_AGE_ACTOR);
  bg_text_fit(sizeof taint->why, taint->why, event->reason);
}

static void taint_by_event(struct bg_taint *taint, const struct bg_event *event, int64_t by) {
  if (event->type == BG_EVENT_HOST_FRESH) {
    return;
  }
  if (event->type == BG_EVENT_TAINT_LIFETIME) {
    taint_by_age(taint, event, by);
    return;
  }
  bg_taint_raise(taint, event->level, event->time, by);
  if (event->type == BG_EVENT_TAINT_CLOSED) {
    bg_taint_remove_session(taint, event->session->token_id);
    return;
  }
  bool manual = event->session == NULL;
  bg_text_fit(sizeof taint->who, taint->who, manual ? event->actor : event->session->subject);
  bg_text_fit(sizeof taint->why, taint->why, manual ? event->reason : event->session->reason);
  if (!manual) {
    taint_by_session(taint, event->session);
  }
}

/* An event on its way to the store: its body, which stays, and a seal behind it,
 * which is made anew with each attempt. */
struct draft {
  uint8_t bytes[BG_EVENT_MAX];
  struct bg_buf buf;
  size_t body_len;
};

static enum bg_error seal_next(const struct bg_head *head, enum bg_durability durability,
                               struct draft *draft) {
  draft->buf.len = draft->body_len;
  return bg_event_seal(&draft->buf, durability, head->number + 1, bg_head_previous(head));
}

/* On run/ first, and run/tainted: from here on nothing is lost while the host runs. */
static enum bg_error write_on_run(const struct bg_head *head, const char *name,
                                  struct bg_bytes event) {
  char path[BG_PATH_SIZE];
  enum bg_error err = bg_pending_path(name, path);
  if (err == BG_OK) {
    err = bg_file_create(path, event);
  }
  bool tainted = head->taint.level != BG_LEVEL_NONE;
  return err == BG_OK && tainted ? bg_taint_show(&head->taint, head->number + 1) : err;
}

static enum bg_error remove_from_run(const char *name) {
  char path[BG_PATH_SIZE];
  enum bg_error err = bg_pending_path(name, path);
  return err == BG_OK && unlink(path) != 0 ? BG_ERR_IO : err;
}

/* The disk did not take it: the event on run/ says so itself. */
static enum bg_error keep_on_run(const struct bg_head *head, const char *name,
                                 struct draft *draft) {
  char path[BG_PATH_SIZE];
  enum bg_error err = seal_next(head, BG_VOLATILE, draft);
  if (err == BG_OK) {
    err = bg_pending_path(name, path);
  }
  return err == BG_OK ? bg_file_replace(path, 0600, bg_buf_view(&draft->buf)) : err;
}

/* One attempt under the next number; BG_ERR_EXISTS if somebody's file has it. */
static enum bg_error append_once(struct bg_head *head, struct draft *draft, bool to_disk,
                                 enum bg_durability *ret_durability) {
  char name[BG_EVENT_NAME_SIZE];
  enum bg_durability durability = BG_VOLATILE;
  enum bg_error err = bg_event_name(head->number + 1, name);
  if (err == BG_OK) {
    err = seal_next(head, to_disk ? BG_DURABLE : BG_VOLATILE, draft);
  }
  if (err == BG_OK) {
    err = write_on_run(head, name, bg_buf_view(&draft->buf));
  }
  if (err != BG_OK) {
    return err;
  }
  enum bg_error published =
      to_disk ? bg_pending_publish(name, bg_buf_view(&draft->buf)) : BG_ERR_IO;
  if (published == BG_OK || published == BG_ERR_EXISTS) {
    durability = BG_DURABLE;
    err = remove_from_run(name);
  } else if (to_disk) {
    err = keep_on_run(head, name, draft);
  }
  if (err == BG_OK && published == BG_ERR_EXISTS) {
    return BG_ERR_EXISTS;
  }
  if (err == BG_OK) {
    bg_head_advance(head, bg_buf_view(&draft->buf));
    *ret_durability = durability;
  }
  return err;
}

static enum bg_error append(struct bg_head *head, struct draft *draft, bool to_disk,
                            enum bg_durability *ret_durability) {
  enum bg_error err = append_once(head, draft, to_disk, ret_durability);
  for (int i = 0; err == BG_ERR_EXISTS && i < COLLISIONS_MAX; i++) {
    to_disk = bg_head_pass(head) == BG_OK;
    err = append_once(head, draft, to_disk, ret_durability);
  }
  return err == BG_ERR_EXISTS ? BG_ERR_IO : err;
}

/* With a head that knows all that there is: what waited on run/ has its number. */
static bool is_pristine(const struct bg_head *head, bool settled) {
  return settled && head->number == 0 && head->taint.level == BG_LEVEL_NONE;
}

static enum bg_error record_locked(const struct bg_event *event, const char *id,
                                   enum bg_durability *ret_durability, int64_t *ret_number) {
  struct bg_head head;
  struct draft draft;
  draft.buf = BG_BUF(draft.bytes);
  enum bg_error err = bg_head_load(&head);
  if (err != BG_OK) {
    return err;
  }
  bool more = false;
  bool to_disk = bg_pending_settle(&head, BG_PENDING_ALL, &more) == BG_OK;
  bool fresh = event->type == BG_EVENT_HOST_FRESH;
  if (fresh && !is_pristine(&head, to_disk)) {
    err = bg_head_save(&head); /* numbers may have been given */
    return err == BG_OK ? BG_ERR_EXISTS : err;
  }
  int64_t by = replace_by(event, &head.taint);
  taint_by_event(&head.taint, event, by);
  err = bg_event_body(event, &head.facts, id, by, &draft.buf);
  draft.body_len = draft.buf.len;
  if (err == BG_OK) { /* behind a file that has the first number no host is fresh */
    err = fresh ? append_once(&head, &draft, to_disk, ret_durability)
                : append(&head, &draft, to_disk, ret_durability);
  }
  if (err == BG_OK) {
    err = bg_head_save(&head);
  }
  if (err == BG_OK) {
    *ret_number = head.number;
  }
  return err;
}

/* Without the lock the event has no number yet: the next writer seals it. */
static enum bg_error record_loose(const struct bg_event *event, const char *id,
                                  enum bg_durability *ret_durability) {
  struct bg_host_facts facts;
  struct bg_taint taint = {0};
  uint8_t bytes[BG_EVENT_MAX];
  struct bg_buf body = BG_BUF(bytes);
  char name[BG_EVENT_NAME_SIZE];
  char path[BG_PATH_SIZE];
  bg_host_facts_read(&facts);
  (void)!bg_taint_read(&taint); /* unknown: nothing caps this one */
  int64_t by = replace_by(event, &taint);
  enum bg_error err = bg_event_body(event, &facts, id, by, &body);
  if (err == BG_OK) {
    (void)snprintf(name, sizeof name, "%s.loose", id);
    err = bg_pending_path(name, path);
  }
  if (err == BG_OK) {
    err = bg_file_replace(path, 0600, bg_buf_view(&body));
  }
  /* One that is up is for who has the lock to change: the head may not know of it yet. */
  if (err == BG_OK && access(bg_paths()->tainted, F_OK) != 0) {
    taint_by_event(&taint, event, by);
    err = bg_taint_show(&taint, 0);
  }
  if (err == BG_OK) {
    *ret_durability = BG_VOLATILE;
  }
  return err;
}

enum bg_error bg_event_record_numbered(const struct bg_event *event,
                                       enum bg_durability *ret_durability, int64_t *ret_number) {
  char id[BG_EVENT_ID_SIZE];
  int lock = -1;
  new_id(id);
  enum bg_error err = bg_lock_take(bg_paths()->lock, &lock);
  if (err == BG_ERR_BUSY && event->type != BG_EVENT_HOST_FRESH) {
    err = record_loose(event, id, ret_durability);
    if (err == BG_OK) {
      *ret_number = 0;
    }
    return err;
  }
  if (err != BG_OK) {
    return err;
  }
  err = record_locked(event, id, ret_durability, ret_number);
  (void)close(lock);
  return err;
}

enum bg_error bg_event_record(const struct bg_event *event, enum bg_durability *ret_durability) {
  int64_t number = 0;
  return bg_event_record_numbered(event, ret_durability, &number);
}

/* An event and its copy, the head, the flag and the grant must find room on run/. */
static bool has_room(const char *folder) {
  struct statvfs disk;
  return statvfs(folder, &disk) == 0 && (disk.f_flag & ST_RDONLY) == 0 &&
         disk.f_bfree * disk.f_frsize >= (size_t)8 * BG_EVENT_MAX &&
         (disk.f_files == 0 ||
          disk.f_ffree >= 8); /* 0: a filesystem without inodes to run out of */
}

/* What a disk says of its free blocks is no promise (ext4 keeps some back, even from root):
 * a file that lies there is one. */
static enum bg_error ensure_file(struct bg_head *head) {
  struct statvfs disk;
  int dir = -1;
  enum bg_error err = bg_dir_open(bg_paths()->events, bg_paths()->owner, &dir);
  if (err != BG_OK) {
    return err;
  }
  bool writable = fstatvfs(dir, &disk) == 0 && (disk.f_flag & ST_RDONLY) == 0;
  err = writable ? bg_reserve_ensure(dir, head->number + 1) : BG_ERR_IO;
  for (int i = 0; err == BG_ERR_EXISTS && i < COLLISIONS_MAX; i++) { /* as append() would */
    err = bg_head_pass(head);
    err = err == BG_OK ? bg_reserve_ensure(dir, head->number + 1) : err;
  }
  (void)close(dir);
  return err;
}

/* Whoever watches the file is not woken for nothing. */
static bool is_kept(const struct bg_head *head) {
  struct bg_head kept;
  return bg_head_read(&kept) == BG_OK && kept.number == head->number &&
         memcmp(kept.hash, head->hash, sizeof kept.hash) == 0;
}

/* Then what a killed writer has left on the disk, of which the head does not know. Not before: of
 * an event that waits the disk may hold an attempt that failed. */
static enum bg_error settle_locked(struct bg_head *head, size_t most, bool *ret_more) {
  enum bg_error settled = bg_pending_settle(head, most, ret_more);
  if (settled == BG_OK && !*ret_more) {
    settled = bg_head_catch_up(head);
  }
  /* Numbers may have been given in either case. */
  enum bg_error err = is_kept(head) ? BG_OK : bg_head_save(head);
  return err == BG_OK ? settled : err;
}

static enum bg_error settle_some(int64_t *ret_last, bool *ret_more) {
  struct bg_head head;
  int lock = -1;
  *ret_last = 0;
  *ret_more = false;
  enum bg_error err = bg_lock_take(bg_paths()->lock, &lock);
  if (err != BG_OK) {
    return err;
  }
  err = bg_head_load(&head);
  if (err == BG_OK) {
    int64_t before = head.number;
    err = settle_locked(&head, SETTLED_AT_ONCE, ret_more);
    *ret_last = err == BG_OK ? head.number : before;
  }
  (void)close(lock);
  return err;
}

/* Nobody who logs in waits for all that an outage has left. */
enum bg_error bg_event_store_settle(int64_t *ret_last) {
  const struct timespec turn = {.tv_nsec = TURN_NS};
  bool more = false;
  enum bg_error err = settle_some(ret_last, &more);
  while (err == BG_OK && more) {
    (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &turn, NULL);
    err = settle_some(ret_last, &more);
  }
  return err;
}

/* What waits goes first, now as later. */
static enum bg_error ensure_on_disk(void) {
  struct bg_head head;
  enum bg_error err = bg_head_load(&head);
  bool more = false;
  if (err == BG_OK && !bg_pending_is_empty()) {
    err = settle_locked(&head, BG_PENDING_ALL, &more);
  }
  err = err == BG_OK ? ensure_file(&head) : err;
  return err == BG_OK ? BG_OK : BG_ERR_IO;
}

static enum bg_error lock_for_number(int64_t *ret_number) {
  struct bg_head head;
  int lock = -1;
  enum bg_error err = bg_lock_take(bg_paths()->lock, &lock);
  if (err == BG_OK) {
    err = bg_head_load(&head);
    (void)close(lock);
  }
  if (err == BG_OK) {
    *ret_number = head.number;
  }
  return err;
}

static enum bg_error confirm_reserve(int dir, int64_t number) {
  int lock = -1;
  enum bg_error err = bg_lock_take(bg_paths()->lock, &lock);
  if (err == BG_OK) {
    bg_reserve_confirm(dir, number);
    (void)close(lock);
  }
  return err;
}

enum bg_error bg_event_store_provide(void) {
  int dir = -1;
  int64_t number = 0;
  bool unnamed = false;
  enum bg_error err = bg_dir_open(bg_paths()->events, bg_paths()->owner, &dir);
  if (err != BG_OK) {
    return err;
  }
  err = lock_for_number(&number);
  if (err == BG_OK) {
    err = bg_reserve_make(dir, number, &unnamed);
  }
  if (err == BG_OK && unnamed) {
    err = confirm_reserve(dir, number);
  }
  (void)close(dir);
  return err;
}

enum bg_error bg_event_store_ready(bool on_disk) {
  if (!has_room(bg_paths()->pending)) {
    return BG_ERR_IO;
  }
  if (!on_disk) {
    return BG_OK;
  }
  int lock = -1;
  enum bg_error err = bg_lock_take(bg_paths()->lock, &lock);
  if (err == BG_OK) {
    err = ensure_on_disk();
    (void)close(lock);
  }
  return err;
}
