/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "event.h"

#include <string.h>

#include "breakglass/json_read.h"
#include "breakglass/text.h"

static bool has_text(const json_t *object, const char *key) {
  const char *text = json_text_of(object, key);
  return text != NULL && text[0] != '\0';
}

/* The attributes that every event has. */
static bool is_event(const json_t *object) {
  const char *version = json_text_of(object, "specversion");
  return version != NULL && strcmp(version, "1.0") == 0 && has_text(object, "id") &&
         has_text(object, "source") && has_text(object, "type");
}

static bool has_id(const json_t *object, char ret_id[static WORKER_ID_SIZE]) {
  const struct bg_bytes id = bg_bytes_of(json_text_of(object, "id"));
  return bg_text_is_word(id) && bg_bytes_to_text(id, WORKER_ID_SIZE, ret_id) == BG_OK;
}

bool worker_event_read(struct bg_bytes line, char ret_id[static WORKER_ID_SIZE]) {
  json_t *object = json_read(line);
  const bool good = is_event(object) && json_is_clean(object) && has_id(object, ret_id);
  json_decref(object);
  return good;
}
