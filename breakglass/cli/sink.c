/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "sink.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "breakglass/file.h"
#include "breakglass/lock.h"
#include "breakglass/paths.h"
#include "breakglass/policy.h"
#include "breakglass/text.h"
#include "cli.h"
#include "event_view.h"

static void path_in(const char *folder, const struct sink *sink, const char *suffix,
                    char *ret_path) {
  (void)snprintf(ret_path, BG_PATH_SIZE, "%s/%s%s", folder, sink->name, suffix);
}

static int64_t read_cursor_in(const char *folder, const struct sink *sink) {
  char path[BG_PATH_SIZE];
  struct bg_file file = {0};
  int64_t cursor = 0;
  path_in(folder, sink, "", path);
  if (bg_file_read(path, bg_paths()->owner, 32, &file) == BG_OK &&
      bg_parse_uint(bg_bytes(file.data, file.len), 0, INT64_MAX, &cursor) != BG_OK) {
    cursor = 0;
  }
  bg_file_free(&file);
  return cursor;
}

/* The one on run/ is ahead where the disk takes nothing. One that is lost or damaged means
 * that everything is delivered again. */
static int64_t read_cursor(const struct sink *sink) {
  int64_t on_disk = read_cursor_in(bg_paths()->cursors, sink);
  int64_t on_run = read_cursor_in(bg_paths()->run_cursors, sink);
  return on_run > on_disk ? on_run : on_disk;
}

static enum bg_error write_cursor_in(const char *folder, const struct sink *sink, int64_t cursor) {
  char path[BG_PATH_SIZE];
  char text[32];
  path_in(folder, sink, "", path);
  (void)snprintf(text, sizeof text, "%" PRId64, cursor);
  return bg_file_replace(path, 0600, bg_bytes_of(text));
}

struct delivery {
  const struct sink *sink;
  int64_t cursor;
  int64_t newest;
  int64_t last; /* what is beyond it may not be on disk yet */
  bool failed;
  bool passed_over; /* something that is no event */
  int64_t unread;   /* one that the disk does not give: for now, unless it gives a later one */
  bool forgetful;   /* the disk does not take the cursor */
};

static bool find_newest(void *context, const struct bg_stored_event *event) {
  struct delivery *delivery = context;
  delivery->newest = event->number > delivery->newest ? event->number : delivery->newest;
  return true;
}

/* On run/ only what will stay as it is, and only next in order: between the two
 * folders an event can be missed that is being brought to disk. One without a
 * number waits until the next writer has sealed it. */
static bool is_due(const struct delivery *delivery, const struct bg_stored_event *event) {
  static const char stays[] = "\"durability\":\"volatile\"";
  if (event->place == BG_EVENT_ON_DISK) {
    return event->number > delivery->cursor && event->number <= delivery->last;
  }
  return event->number == delivery->cursor + 1 &&
         memmem(event->bytes.data, event->bytes.len, stays, sizeof stays - 1) != NULL;
}

/* A number on the disk stands for an event there: one on run/ may vanish, and its number be given
 * again. */
static void keep_cursor(struct delivery *delivery, enum bg_event_place place) {
  const struct sink *sink = delivery->sink;
  if (write_cursor_in(bg_paths()->run_cursors, sink, delivery->cursor) != BG_OK) {
    delivery->failed = true;
    (void)cli_failure("the cursor of sink %s cannot be written", sink->name);
  }
  if (place == BG_EVENT_ON_DISK &&
      write_cursor_in(bg_paths()->cursors, sink, delivery->cursor) != BG_OK) {
    delivery->forgetful = true;
  }
}

/* Another time it may be read. */
static bool is_for_the_moment(enum bg_error err) {
  return err == BG_ERR_NOMEM || err == BG_ERR_DENIED;
}

/* What is no event tells a sink nothing, and must not keep the events after it. */
static bool deliver_event(void *context, const struct bg_stored_event *event) {
  struct delivery *delivery = context;
  if (!is_due(delivery, event)) {
    return true;
  }
  struct event_view view = {0};
  bool readable = event_view_read(event->bytes, &view);
  if (event->error == BG_ERR_IO) {
    delivery->unread = event->number;
    return true;
  }
  bool waits = is_for_the_moment(event->error);
  delivery->passed_over = delivery->passed_over || (!readable && !waits);
  delivery->failed = waits || (readable && !delivery->sink->deliver(delivery->sink, event, &view));
  event_view_free(&view);
  if (!delivery->failed) {
    delivery->passed_over = delivery->passed_over || delivery->unread > delivery->cursor;
    delivery->cursor = event->number;
    keep_cursor(delivery, event->place);
  }
  return !delivery->failed;
}

static int deliver_locked(const struct sink *sink, int64_t last) {
  struct delivery delivery = {.sink = sink, .cursor = read_cursor(sink), .last = last};
  enum bg_error err = bg_events_each(find_newest, &delivery);
  if (delivery.cursor > delivery.newest) {
    delivery.cursor = 0; /* the events began anew below it */
  }
  if (err == BG_OK) {
    err = bg_events_each(deliver_event, &delivery);
  }
  if (err != BG_OK) {
    return cli_host_failure("the events cannot be read", err);
  }
  delivery.failed = delivery.failed || delivery.unread > delivery.cursor;
  if (delivery.forgetful) {
    (void)cli_failure("the disk does not take the cursor of sink %s: after a reboot it gets these "
                      "events once more",
                      sink->name);
  }
  if (delivery.passed_over) {
    (void)cli_failure("sink %s: what could not be read was passed over; see breakglass status",
                      sink->name);
  }
  if (delivery.failed) {
    return cli_failure("sink %s stopped after event %lld; it goes on from there next time",
                       sink->name, (long long)delivery.cursor);
  }
  return delivery.passed_over ? CLI_FAILED : CLI_OK;
}

static int deliver_to(const struct sink *sink, int64_t last) {
  char path[BG_PATH_SIZE];
  int lock = -1;
  path_in(bg_paths()->run_cursors, sink, ".lock", path);
  enum bg_error err = bg_lock_take(path, &lock);
  if (err != BG_OK) {
    return cli_host_failure(path, err);
  }
  int status = deliver_locked(sink, last);
  (void)close(lock);
  return status;
}

static int worse(int a, int b) {
  return a == CLI_OK ? b : a;
}

/* Somebody writes, for longer than one waits: what was the last before that. */
static int64_t last_before(enum bg_error settled, int64_t last) {
  uint8_t hash[BG_EVENT_HASH_SIZE];
  if (settled == BG_ERR_BUSY && bg_event_store_head(&last, hash) != BG_OK) {
    last = 0;
  }
  return last;
}

int sinks_deliver(void) {
  static const struct sink journal = {.name = "journal", .deliver = sink_journal_deliver};
  struct bg_policy *policy = NULL;
  int status = CLI_OK;
  (void)!mkdir(bg_paths()->run_cursors, 0700); /* or the first lock says what is wrong */
  int64_t last = 0;
  enum bg_error settled = bg_event_store_settle(&last);
  if (settled != BG_OK) { /* they are delivered from run/ all the same */
    status = cli_host_failure("some events are not on disk", settled);
  }
  last = last_before(settled, last);
  status = worse(status, deliver_to(&journal, last));
  if (bg_policy_load(NULL, NULL, NULL, &policy) != BG_OK) {
    status =
        cli_usage_error("gate.conf is wrong (breakglass policy check): only the journal is told");
  } else if (policy->sink_exec) {
    status = worse(status, sink_exec_each(deliver_to, last));
  }
  free(policy);
  (void)!bg_event_store_provide(); /* events do without */
  return status;
}
