/* SPDX-License-Identifier: BSD-2-Clause */
/* A stored event, read back. */
#ifndef BREAKGLASS_CLI_EVENT_VIEW_H
#define BREAKGLASS_CLI_EVENT_VIEW_H

#include "breakglass/event_store.h"
#include "breakglass/json_read.h"

struct event_view {
  struct bg_bytes line; /* of the bytes that were read, its newline included */
  json_t *root;         /* owns all texts below */
  const char *id;
  const char *type;
  const char *boot_id; /* NULL if the event does not say */
  const char *who;     /* NULL if the event does not say */
  const char *why;     /* NULL if the event does not say */
  const char *previous;
  json_t *session;     /* NULL if it is not about one */
  enum bg_level level; /* BG_LEVEL_NONE: of a new host, no taint; by is 0 then */
  int64_t number;
  int64_t time;
  int64_t by;
  bool clock_trusted;
};

/* False if the bytes are not an event: one line of JSON whose texts are clean (text.h). */
bool event_view_read(struct bg_bytes bytes, struct event_view *ret_view);
/* Only the line, for those who hand it on to somebody who reads it: false if it is none. */
bool event_view_line(struct bg_bytes bytes, struct event_view *ret_view);
bool event_view_is(const struct event_view *view, enum bg_event_type type);
void event_view_free(struct event_view *view);

#endif
