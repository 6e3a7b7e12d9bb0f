/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "spool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../breakglass/cli/event_view.h"
#include "log.h"

#define AT_ONCE 32      /* events, while writers wait for the lock */
#define KEPT 64         /* the last ones: what goes on now stays whole */
#define PATIENCE 64     /* events until it looks again, where too little could be given up */
#define FILE_BYTES 8192 /* that most files give back, being made of a blank */
/* Of the limit, so much is made free: it does not come to this each time. */
#define HEADROOM_PART 16

struct search {
  int64_t before; /* that number */
  size_t wanted;
  struct bg_event_remnant items[AT_ONCE];
  char *lines[AT_ONCE]; /* of the items */
  size_t count;
};

static bool is_routine(const struct event_view *view) {
  return event_view_is(view, BG_EVENT_TAINT_CLOSED) ||
         (event_view_is(view, BG_EVENT_HOST_FRESH) && view->number == 1);
}

static json_t *session_of(const struct event_view *view) {
  return json_pack("{s:O?, s:O?}", "token_id", json_object_get(view->session, "token_id"), "ended",
                   json_object_get(view->session, "ended"));
}

/* The members in the order that they have in an event. NULL: out of memory. */
static json_t *remnant_of(const struct event_view *view) {
  const json_t *data = json_object_get(view->root, "data");
  const json_t *host = json_object_get(data, "host");
  json_t *session = view->session != NULL ? session_of(view) : NULL;
  if (view->session != NULL && session == NULL) {
    return NULL;
  }
  return json_pack("{s:s, s:s, s:O?, s:{s:{s:O?, s:O?}, s:O?, s:O?, s:o*, s:b, s:I, s:O?}}", "id",
                   view->id, "type", view->type, "time", json_object_get(view->root, "time"),
                   "data", "host", "id", json_object_get(host, "id"), "boot_id",
                   json_object_get(host, "boot_id"), "level", json_object_get(data, "level"),
                   "replace", json_object_get(data, "replace"), "session", session, "dropped", true,
                   "number", (json_int_t)view->number, "previous",
                   json_object_get(data, "previous"));
}

/* NULL: out of memory. To be freed. */
static char *line_of(const struct event_view *view) {
  json_t *remnant = remnant_of(view);
  char *text = remnant != NULL ? json_dumps(remnant, JSON_COMPACT) : NULL;
  char *line = NULL;
  if (text != NULL && asprintf(&line, "%s\n", text) < 0) {
    line = NULL;
  }
  free(text);
  json_decref(remnant);
  return line;
}

static void take(struct search *search, const struct event_view *view) {
  char *line = line_of(view);
  if (line != NULL) {
    search->items[search->count] = (struct bg_event_remnant){view->number, bg_bytes_of(line)};
    search->lines[search->count++] = line;
  }
}

static bool look_at(void *context, const struct bg_stored_event *event) {
  struct search *search = context;
  struct event_view view = {0};
  if (event->place == BG_EVENT_ON_DISK && event_view_read(event->bytes, &view)) {
    if (view.number == event->number && event->number < search->before && is_routine(&view)) {
      take(search, &view);
    }
    event_view_free(&view);
  }
  return search->count < search->wanted && event->number + 1 < search->before;
}

static void free_search(struct search *search) {
  for (size_t i = 0; i < search->count; i++) {
    free(search->lines[i]);
  }
  free(search);
}

/* Once, until there was something to drop again. */
static void say_stuck(struct spool *spool, const char *why) {
  if (!spool->told) {
    agent_log(LOG_LEVEL_WARNING, "the events take more than %lld bytes of the disk: %s",
              (long long)spool->limit, why);
  }
  spool->told = true;
}

static void say(struct spool *spool, const struct search *search, enum bg_error err) {
  if (err != BG_OK) {
    char why[128];
    (void)snprintf(why, sizeof why, "not all that could go can be dropped: %s", bg_strerror(err));
    say_stuck(spool, why);
  } else if (search->count == 0) {
    say_stuck(spool, "all but the last ones are taints, which are never dropped");
  } else {
    agent_log(LOG_LEVEL_WARNING,
              "the events take more than %lld bytes of the disk: %zu of the oldest that are no "
              "taint are dropped, up to event %lld; a sink that has not got them does not get them",
              (long long)spool->limit, search->count,
              (long long)search->items[search->count - 1].number);
    spool->told = false;
  }
}

/* *ret_count: how many there were to drop. */
static enum bg_error drop_some(struct spool *spool, int64_t last, size_t wanted,
                               size_t *ret_count) {
  struct search *search = calloc(1, sizeof *search);
  if (search == NULL) {
    return BG_ERR_NOMEM;
  }
  search->before = last - KEPT + 1;
  search->wanted = wanted;
  enum bg_error err = search->before > 1 ? bg_events_each(look_at, search) : BG_OK;
  if (err == BG_OK && search->count > 0) {
    err = bg_events_drop(search->items, search->count);
  }
  say(spool, search, err);
  *ret_count = search->count;
  free_search(search);
  return err;
}

static size_t files_in(int64_t bytes) {
  const int64_t files = (bytes + FILE_BYTES - 1) / FILE_BYTES;
  return files < AT_ONCE ? (size_t)files : AT_ONCE;
}

bool spool_bound(struct spool *spool, int64_t last) {
  int64_t bytes = 0;
  if (spool->again > last + PATIENCE) { /* the events began anew */
    spool->again = 0;
  }
  if (spool->limit == 0 || last < spool->again || bg_event_store_size(&bytes) != BG_OK) {
    return false;
  }
  if (bytes > spool->limit) {
    spool->goal = spool->limit - (spool->limit / HEADROOM_PART);
  }
  if (bytes <= spool->goal || spool->goal == 0) {
    spool->goal = 0;
    return false;
  }
  size_t count = 0;
  const size_t wanted = files_in(bytes - spool->goal);
  const enum bg_error err = drop_some(spool, last, wanted, &count);
  spool->again = err == BG_OK && count < wanted ? last + PATIENCE : 0;
  return err == BG_OK && count == wanted;
}
