/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "round.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "cursor.h"

/* Events on their way to the sink, in order; their numbers may have gaps. */
struct batch {
  struct event_view views[SINK_WINDOW_MAX];
  struct bg_file files[SINK_WINDOW_MAX];
  int64_t numbers[SINK_WINDOW_MAX];
  enum bg_event_place places[SINK_WINDOW_MAX];
  size_t count;
  int64_t looked; /* the last number that was looked at */
  int64_t unread; /* one that the disk does not give: for now, unless it gives a later one */
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

static enum loaded load(struct batch *batch, int64_t number) {
  struct bg_file *file = &batch->files[batch->count];
  struct event_view *view = &batch->views[batch->count];
  *file = (struct bg_file){0};
  *view = (struct event_view){0};
  switch (bg_event_get(number, file, &batch->places[batch->count])) {
  case BG_OK:
    break;
  case BG_ERR_NOT_FOUND:
    return NOTHING_THERE;
  case BG_ERR_IO:
    return NOT_GIVEN;
  case BG_ERR_NOMEM:
  case BG_ERR_DENIED:
    return NOT_NOW;
  default:
    return NO_EVENT;
  }
  if (!event_view_read(bg_bytes(file->data, file->len), view)) {
    bg_file_free(file);
    return NO_EVENT;
  }
  batch->numbers[batch->count++] = number;
  return LOADED;
}

/* What is no event tells a sink nothing, and must not keep the events after it. */
static void gather(struct round *round, struct batch *batch) {
  while (batch->count < round->sink->window && batch->looked < round->last) {
    const int64_t number = batch->looked + 1;
    switch (load(batch, number)) {
    case LOADED:
      round->passed_over = round->passed_over || batch->unread > 0;
      batch->unread = 0;
      break;
    case NOTHING_THERE:
      break;
    case NO_EVENT:
      round->passed_over = true;
      break;
    case NOT_GIVEN:
      batch->unread = batch->unread > 0 ? batch->unread : number;
      break;
    case NOT_NOW:
      if (batch->count == 0) {
        fail(round, number, "cannot be read now");
      }
      return;
    }
    batch->looked = number;
  }
  if (batch->count == 0 && batch->unread > 0) {
    fail(round, batch->unread, "is not given by the disk");
  }
}

static void keep_cursor(struct round *round, int64_t cursor, enum bg_event_place place) {
  round->cursor = cursor;
  if (cursor_write(round->sink->name, cursor, place, &round->forgetful) != BG_OK) {
    round->failed = true;
    (void)snprintf(round->reason, sizeof round->reason, "its cursor cannot be written");
  }
}

static void hand_over(struct round *round, struct batch *batch) {
  const size_t taken =
      round->sink->deliver(round->sink, batch->views, batch->count, round->cancel, round->reason);
  round->delivered += taken;
  round->failed = taken < batch->count;
  if (taken > 0) {
    keep_cursor(round, batch->numbers[taken - 1], batch->places[taken - 1]);
  }
}

static bool is_cancelled(const struct round *round) {
  struct pollfd cancel = {.fd = round->cancel, .events = POLLIN};
  return poll(&cancel, 1, 0) > 0;
}

static void step(struct round *round, struct batch *batch) {
  batch->looked = round->cursor;
  batch->unread = 0;
  gather(round, batch);
  if (!round->failed && batch->count > 0) {
    hand_over(round, batch);
  } else if (!round->failed) {
    round->cursor = batch->looked; /* to be found out again by whoever comes anew */
  }
  batch_clear(batch);
}

struct round round_begin(struct sink *sink, int64_t last, int cancel) {
  return (struct round){
      .sink = sink, .cursor = cursor_read(sink->name), .last = last, .cancel = cancel};
}

void round_run(struct round *round) {
  struct batch *batch = calloc(1, sizeof *batch);
  if (batch == NULL) {
    fail(round, round->cursor + 1, "cannot be read now");
    return;
  }
  if (round->cursor > round->last) {
    round->cursor = 0; /* the events began anew below it */
  }
  while (!round->failed && round->cursor < round->last && !is_cancelled(round)) {
    step(round, batch);
  }
  free(batch);
}
