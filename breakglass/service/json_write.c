/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "breakglass/json_write.h"

#include <stdlib.h>

#include "breakglass/json.h"

#define FIRST_SIZE 4096 /* most documents */
#define GROWTH 4

static void put(struct bg_json *json, const char *key, const json_t *value);

static void put_object(struct bg_json *json, const char *key, const json_t *object) {
  const char *name = NULL;
  json_t *inner = NULL;
  bg_json_object(json, key);
  json_object_foreach((json_t *)(uintptr_t)object, name, inner) {
    put(json, name, inner);
  }
  bg_json_end_object(json);
}

static void put_array(struct bg_json *json, const char *key, const json_t *array) {
  size_t i = 0;
  const json_t *inner = NULL;
  bg_json_array(json, key);
  json_array_foreach(array, i, inner) {
    put(json, NULL, inner);
  }
  bg_json_end_array(json);
}

/* The writer is as deep as it goes: a document that is deeper has failed before it gets here. */
static void put(struct bg_json *json, const char *key, const json_t *value) {
  if (json->buf->failed) {
    return;
  }
  switch (json_typeof(value)) {
  case JSON_OBJECT:
    put_object(json, key, value);
    break;
  case JSON_ARRAY:
    put_array(json, key, value);
    break;
  case JSON_STRING:
    bg_json_text(json, key, json_string_value(value));
    break;
  case JSON_INTEGER:
    bg_json_int(json, key, json_integer_value(value));
    break;
  case JSON_TRUE:
  case JSON_FALSE:
    bg_json_bool(json, key, json_is_true(value));
    break;
  case JSON_NULL:
    bg_json_null(json, key);
    break;
  default:
    json->buf->failed = true;
  }
}

char *json_write(const json_t *value) {
  for (size_t size = FIRST_SIZE; value != NULL && size <= JSON_TEXT_MAX; size *= GROWTH) {
    char *text = malloc(size);
    if (text == NULL) {
      break;
    }
    struct bg_buf buf = {.data = (uint8_t *)text, .cap = size};
    struct bg_json json = bg_json_writer(&buf);
    put(&json, NULL, value);
    bg_buf_put_byte(&buf, '\0');
    if (!buf.failed) {
      return text;
    }
    free(text);
  }
  return NULL;
}
