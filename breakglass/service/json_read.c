/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "breakglass/json_read.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/text.h"

/* Brackets inside of texts are none; what is no JSON at all is the parser's to refuse. */
static bool is_too_deep(struct bg_bytes bytes) {
  unsigned depth = 0;
  bool in_text = false;
  for (size_t i = 0; i < bytes.len && depth <= JSON_DEPTH_MAX; i++) {
    uint8_t byte = bytes.data[i];
    if (in_text && byte == '\\') {
      i++;
    } else if (byte == '"') {
      in_text = !in_text;
    } else if (!in_text && (byte == '{' || byte == '[')) {
      depth++;
    } else if (!in_text && (byte == '}' || byte == ']') && depth > 0) {
      depth--;
    }
  }
  return depth > JSON_DEPTH_MAX;
}

json_t *json_read(struct bg_bytes bytes) {
  if (is_too_deep(bytes)) {
    return NULL;
  }
  return json_loadb((const char *)bytes.data, bytes.len, JSON_REJECT_DUPLICATES, NULL);
}

static void *take_or_end(size_t size) {
  void *memory = malloc(size > 0 ? size : 1);
  if (memory == NULL) {
    _exit(EXIT_FAILURE); /* no core: there may be secrets */
  }
  return memory;
}

void json_end_without_memory(void) {
  json_set_alloc_funcs(take_or_end, free);
}

const char *json_text_of(const json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}

int64_t json_time_of(const json_t *object, const char *key) {
  int64_t time = 0;
  const char *text = json_text_of(object, key);
  return text != NULL && bg_parse_time(bg_bytes_of(text), &time) == BG_OK ? time : 0;
}

static bool is_clean(const char *text, size_t len) {
  return bg_text_is_clean(bg_bytes(text, len));
}

/* The reader has bounded the depth. */
bool json_is_clean(json_t *value) {
  size_t i = 0;
  const char *key = NULL;
  json_t *inner = NULL;
  bool clean =
      !json_is_string(value) || is_clean(json_string_value(value), json_string_length(value));
  json_array_foreach(value, i, inner) {
    clean = clean && json_is_clean(inner);
  }
  json_object_foreach(value, key, inner) {
    clean = clean && is_clean(key, strlen(key)) && json_is_clean(inner);
  }
  return clean;
}
