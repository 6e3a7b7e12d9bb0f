/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "event_view.h"

/* Who was let in and why, or who tainted the host by hand. */
static void read_people(const json_t *data, struct event_view *view) {
  const json_t *evidence = json_object_get(data, "evidence");
  bool by_hand = view->session == NULL;
  view->who = by_hand ? json_text_of(evidence, "actor") : json_text_of(view->session, "subject");
  view->why = json_text_of(by_hand ? evidence : view->session, "reason");
}

static bool read_data(const json_t *data, struct event_view *view) {
  const json_t *number = json_object_get(data, "number");
  const char *level = json_text_of(data, "level");
  const char *clock = json_text_of(data, "clock");
  if (level == NULL || bg_level_parse(bg_bytes_of(level), &view->level) != BG_OK ||
      !json_is_integer(number)) {
    return false;
  }
  view->number = json_integer_value(number);
  view->by = json_time_of(json_object_get(data, "replace"), "by");
  view->boot_id = json_text_of(json_object_get(data, "host"), "boot_id");
  view->previous = json_text_of(data, "previous");
  view->clock_trusted = clock != NULL && bg_bytes_is(bg_bytes_of(clock), "trusted");
  view->session = json_object_get(data, "session");
  read_people(data, view);
  return view->by > 0;
}

/* As it was composed: one line. */
static struct bg_bytes line_of(struct bg_bytes bytes) {
  size_t len = 0;
  while (len < bytes.len && bytes.data[len] >= ' ') {
    len++;
  }
  bool is_line = len + 1 == bytes.len && bytes.data[len] == '\n';
  return is_line ? bytes : bg_bytes(NULL, 0);
}

bool event_view_read(struct bg_bytes bytes, struct event_view *ret_view) {
  struct event_view view = {.line = line_of(bytes)};
  view.root = json_read(view.line);
  view.id = json_text_of(view.root, "id");
  view.type = json_text_of(view.root, "type");
  view.time = json_time_of(view.root, "time");
  if (view.id == NULL || view.type == NULL || !json_is_clean(view.root) ||
      !read_data(json_object_get(view.root, "data"), &view)) {
    event_view_free(&view);
    return false;
  }
  *ret_view = view;
  return true;
}

void event_view_free(struct event_view *view) {
  json_decref(view->root);
  *view = (struct event_view){0};
}
