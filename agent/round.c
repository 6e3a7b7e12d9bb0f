/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "round.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "cursor.h"

#define MISSED_MAX 16

/* Events on their way to the sink, in order; their numbers may have gaps. */
struct batch {
  struct event_view views[SINK_WINDOW_MAX];
  struct bg_file files[SINK_WINDOW_MAX];
  int64_t numbers[SINK_WINDOW_MAX];
  size_t count;
  int64_t looked;  /* the last number that was looked at */
  unsigned missed; /* numbers in a row under which nothing lies */
  int64_t unread;  /* one that the disk does not give: for now, unless it gives a later one */
};

static void batch_clear(struct batch *batch) {
  for (size_t i = 0; i < batch->count; i++) {
    event_view_free(&batch->views[i]);
    bg_file_free(&batch->files[i]);
  }
  batch->count = 0;
}

static void fail(struct round *round, int64_t number, const char *why) {
  round->failed = true;
  (void)snprintf(round->reason, sizeof round->reason, "event %lld %s", (long long)number, why);
}

enum loaded { LOADED, NOTHING_THERE, NO_EVENT, NOT_GIVEN, NOT_NOW };

static enum loaded load(struct batch *batch, int64_t number, bool takes_lines) {
  struct bg_file *file = &batch->files[batch->count];
  struct event_view *view = &batch->views[batch->count];
  enum bg_event_place place;
  *file = (struct bg_file){0};
  *view = (struct event_view){0};
  switch (bg_event_get(number, file, &place)) {
  case BG_OK:
    break;
  case BG_ERR_NOT_FOUND:
    return NOTHING_THERE;
  case BG_ERR_IO:
    return NOT_GIVEN;
  case BG_ERR_NOMEM:
  case BG_ERR_DENIED:
  case BG_ERR_BUSY:
    return NOT_NOW;
  default:
    return NO_EVENT;
  }
  const struct bg_bytes bytes = bg_bytes(file->data, file->len);
  if (!(takes_lines ? event_view_line(bytes, view) : event_view_read(bytes, view))) {
    bg_file_free(file);
    return NO_EVENT;
  }
  batch->numbers[batch->count++] = number;
  return LOADED;
}

/* After some numbers without a file: on to the next that has one. */
static bool cross_gap(struct round *round, struct batch *batch) {
  int64_t next = 0;
  if (++batch->missed < MISSED_MAX) {
    return true;
  }
  batch->missed = 0;
  if (bg_event_next(batch->looked, &next) != BG_OK) {
    return false;
  }
  batch->looked = next <= round->last ? next - 1 : round->last;
  return true;
}

/* What is no event tells a sink nothing, and must not keep the events after it. False: the next
 * cannot be had now. */
static bool take(struct round *round, struct batch *batch, int64_t number) {
  const enum loaded loaded = load(batch, number, round->sink->takes_lines);
  if (loaded == NOT_NOW) {
    return false;
  }
  batch->looked = number;
  batch->missed = loaded == NOTHING_THERE ? batch->missed : 0;
  switch (loaded) {
  case LOADED:
    round->passed_over = round->passed_over || batch->unread > 0;
    batch->unread = 0;
    return true;
  case NOTHING_THERE:
    return cross_gap(round, batch);
  case NO_EVENT:
    round->passed_over = true;
    return true;
  case NOT_GIVEN:
    batch->unread = batch->unread > 0 ? batch->unread : number;
    return true;
  case NOT_NOW:
    break;
  }
  return false;
}

static void gather(struct round *round, struct batch *batch) {
  bool goes_on = true;
  while (goes_on && batch->count < round->sink->window && batch->looked < round->last) {
    goes_on = take(round, batch, batch->looked + 1);
  }
  if (batch->count == 0 && !goes_on) {
    fail(round, batch->looked + 1, "cannot be read now");
  } else if (batch->count == 0 && batch->unread > 0) {
    fail(round, batch->unread, "is not given by the disk");
  }
}

static void keep_cursor(struct round *round, int64_t cursor) {
  round->cursor = cursor;
  if (cursor_write(round->sink->name, cursor) != BG_OK) {
    round->failed = true;
    (void)snprintf(round->reason, sizeof round->reason, "its cursor cannot be written");
  }
}

struct handing {
  struct round *round;
  const struct batch *batch;
};

/* Somebody may wait for the first of them, while the last takes long. A cursor that cannot be
 * written is told of behind the batch. */
static void on_taken(void *context, size_t taken) {
  const struct handing *handing = context;
  (void)!cursor_write(handing->round->sink->name, handing->batch->numbers[taken - 1]);
}

static void hand_over(struct round *round, struct batch *batch) {
  struct sink *sink = round->sink;
  struct handing handing = {round, batch};
  sink->on_taken = on_taken;
  sink->on_taken_context = &handing;
  const size_t taken =
      sink->deliver(sink, batch->views, batch->count, round->cancel, round->reason);
  sink->on_taken = NULL;
  round->passed_over = round->passed_over || sink->odd > 0;
  round->delivered += taken - sink->odd;
  sink->odd = 0;
  round->failed = taken < batch->count;
  if (taken > 0) {
    keep_cursor(round, batch->numbers[taken - 1]);
  }
}

static bool is_cancelled(const struct round *round) {
  struct pollfd cancel = {.fd = round->cancel, .events = POLLIN};
  return poll(&cancel, 1, 0) > 0;
}

/* A disk may have kept it so long that another one has the sink now. */
static void work_off(struct round *round, struct batch *batch) {
  batch->looked = round->cursor;
  gather(round, batch);
  if (!round->failed && batch->count > 0 && !is_cancelled(round)) {
    hand_over(round, batch);
  } else if (!round->failed && batch->count == 0) {
    round->cursor = batch->looked; /* to be found out again by whoever comes anew */
  }
  batch_clear(batch);
}

struct round round_begin(struct sink *sink, int cancel) {
  return (struct round){.sink = sink, .cursor = cursor_read(sink->name), .cancel = cancel};
}

bool round_step(struct round *round, int64_t last) {
  struct batch *batch = calloc(1, sizeof *batch);
  round->last = last;
  round->failed = false;
  if (round->cursor > last) {
    round->cursor = 0; /* the events began anew below it */
    cursor_forget(round->sink->name);
  }
  if (batch == NULL) {
    fail(round, round->cursor + 1, "cannot be read now");
  } else if (round->cursor < last) {
    work_off(round, batch);
  }
  free(batch);
  return !round->failed && round->cursor < last && !is_cancelled(round);
}
