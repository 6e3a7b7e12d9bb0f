/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "event_view.h"

#include <string.h>

#define FRESH "new host"

bool event_view_is(const struct event_view *view, enum bg_event_type type) {
  return strcmp(view->type, bg_event_type_name(type)) == 0;
}

/* What a new host was made from. */
static const char *image_text(const json_t *host, json_t *root) {
  const json_t *image = json_object_get(host, "image");
  const char *id = json_text_of(image, "id");
  const char *version = json_text_of(image, id != NULL ? "version" : "os_version");
  const char *name = id != NULL ? id : json_text_of(image, "os");
  json_t *text = json_sprintf("image %s%s%s", name != NULL ? name : "unknown",
                              version != NULL ? " " : "", version != NULL ? version : "");
  return json_object_set_new(root, "image_text", text) == 0 ? json_string_value(text) : NULL;
}

/* Who was let in and why, or who tainted the host by hand. */
static void read_people(const json_t *data, struct event_view *view) {
  const json_t *evidence = json_object_get(data, "evidence");
  bool by_hand = view->session == NULL;
  view->who = by_hand ? json_text_of(evidence, "actor") : json_text_of(view->session, "subject");
  view->why = json_text_of(by_hand ? evidence : view->session, "reason");
  if (event_view_is(view, BG_EVENT_TAINT_LIFETIME)) {
    view->who = BG_EVENT_AGE_ACTOR;
  } else if (event_view_is(view, BG_EVENT_HOST_FRESH)) {
    view->who = FRESH;
    view->why = image_text(json_object_get(data, "host"), view->root);
  }
}

/* That a host is new is no taint; all else is one. */
static bool read_taint(const json_t *data, struct event_view *view) {
  const char *level = json_text_of(data, "level");
  view->by = json_time_of(json_object_get(data, "replace"), "by");
  if (event_view_is(view, BG_EVENT_HOST_FRESH)) {
    return level != NULL && bg_bytes_is(bg_bytes_of(level), "none");
  }
  return view->by > 0 && level != NULL && bg_level_parse(bg_bytes_of(level), &view->level) == BG_OK;
}

static bool read_data(const json_t *data, struct event_view *view) {
  const json_t *number = json_object_get(data, "number");
  const char *clock = json_text_of(data, "clock");
  if (!read_taint(data, view) || !json_is_integer(number)) {
    return false;
  }
  view->number = json_integer_value(number);
  view->boot_id = json_text_of(json_object_get(data, "host"), "boot_id");
  view->previous = json_text_of(data, "previous");
  view->clock_trusted = clock != NULL && bg_bytes_is(bg_bytes_of(clock), "trusted");
  view->session = json_object_get(data, "session");
  read_people(data, view);
  return true;
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

bool event_view_line(struct bg_bytes bytes, struct event_view *ret_view) {
  *ret_view = (struct event_view){.line = line_of(bytes)};
  return ret_view->line.len > 0;
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
