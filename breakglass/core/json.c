/* SPDX-License-Identifier: BSD-2-Clause */
#include "breakglass/json.h"

#include <inttypes.h>

#include "breakglass/text.h"
#include "utf8.h"

struct bg_json bg_json_writer(struct bg_buf *buf) {
  return (struct bg_json){.buf = buf};
}

static void put_unicode(struct bg_buf *buf, uint32_t code) {
  bg_buf_printf(buf, "\\u%04" PRIx32, code);
}

static void put_escaped(struct bg_buf *buf, uint32_t code) {
  switch (code) {
  case '"':
    bg_buf_put_text(buf, "\\\"");
    break;
  case '\\':
    bg_buf_put_text(buf, "\\\\");
    break;
  case '\n':
    bg_buf_put_text(buf, "\\n");
    break;
  case '\r':
    bg_buf_put_text(buf, "\\r");
    break;
  case '\t':
    bg_buf_put_text(buf, "\\t");
    break;
  default:
    put_unicode(buf, code);
  }
}

/* U+2028 and U+2029 end a line in JavaScript. */
static bool needs_escape(uint32_t code) {
  return code < 0x20 || code == '"' || code == '\\' || code == 0x2028 || code == 0x2029;
}

/* Printable ASCII, which most text is, is copied in runs. */
static size_t plain_len(struct bg_bytes text) {
  size_t len = 0;
  while (len < text.len && text.data[len] >= 0x20 && text.data[len] < 0x7F &&
         text.data[len] != '"' && text.data[len] != '\\') {
    len++;
  }
  return len;
}

static void put_string(struct bg_buf *buf, struct bg_bytes text) {
  struct bg_bytes rest = text;
  bg_buf_put_byte(buf, '"');
  while (rest.len > 0) {
    size_t plain = plain_len(rest);
    if (plain > 0) {
      bg_buf_put(buf, rest.data, plain);
      rest = bg_bytes(rest.data + plain, rest.len - plain);
      continue;
    }
    uint32_t code = 0;
    size_t len = bg_utf8_decode(rest, &code);
    if (len == 0) {
      bg_buf_put_text(buf, "\xEF\xBF\xBD"); /* U+FFFD */
      len = 1;
    } else if (needs_escape(code)) {
      put_escaped(buf, code);
    } else {
      bg_buf_put(buf, rest.data, len);
    }
    rest = bg_bytes(rest.data + len, rest.len - len);
  }
  bg_buf_put_byte(buf, '"');
}

/* The comma and the key before a value; keys belong in objects, and only there. */
static void begin(struct bg_json *json, const char *key) {
  bool second_at_top = json->depth == 0 && json->comma[0];
  if ((key != NULL) != json->in_object[json->depth] || second_at_top) {
    json->buf->failed = true;
  }
  if (json->comma[json->depth]) {
    bg_buf_put_byte(json->buf, ',');
  }
  json->comma[json->depth] = true;
  if (key != NULL) {
    put_string(json->buf, bg_bytes_of(key));
    bg_buf_put_byte(json->buf, ':');
  }
}

static void open_value(struct bg_json *json, const char *key, bool is_object) {
  begin(json, key);
  if (json->depth == BG_JSON_MAX_DEPTH) {
    json->buf->failed = true;
    return;
  }
  bg_buf_put_byte(json->buf, is_object ? '{' : '[');
  json->depth++;
  json->comma[json->depth] = false;
  json->in_object[json->depth] = is_object;
}

static void close_value(struct bg_json *json, bool is_object) {
  if (json->depth == 0 || json->in_object[json->depth] != is_object) {
    json->buf->failed = true;
    return;
  }
  bg_buf_put_byte(json->buf, is_object ? '}' : ']');
  json->depth--;
}

void bg_json_object(struct bg_json *json, const char *key) {
  open_value(json, key, true);
}

void bg_json_end_object(struct bg_json *json) {
  close_value(json, true);
}

void bg_json_array(struct bg_json *json, const char *key) {
  open_value(json, key, false);
}

void bg_json_end_array(struct bg_json *json) {
  close_value(json, false);
}

void bg_json_bytes(struct bg_json *json, const char *key, struct bg_bytes text) {
  begin(json, key);
  put_string(json->buf, text);
}

void bg_json_text(struct bg_json *json, const char *key, const char *text) {
  if (text == NULL) {
    bg_json_null(json, key);
  } else {
    bg_json_bytes(json, key, bg_bytes_of(text));
  }
}

void bg_json_texts(struct bg_json *json, const char *key, const void *texts, size_t size,
                   size_t count) {
  bg_json_array(json, key);
  for (size_t i = 0; i < count; i++) {
    bg_json_text(json, NULL, (const char *)texts + i * size);
  }
  bg_json_end_array(json);
}

void bg_json_int(struct bg_json *json, const char *key, int64_t value) {
  begin(json, key);
  bg_buf_printf(json->buf, "%" PRId64, value);
}

void bg_json_bool(struct bg_json *json, const char *key, bool value) {
  begin(json, key);
  bg_buf_put_text(json->buf, value ? "true" : "false");
}

void bg_json_null(struct bg_json *json, const char *key) {
  begin(json, key);
  bg_buf_put_text(json->buf, "null");
}

void bg_json_time(struct bg_json *json, const char *key, int64_t unix_seconds) {
  char text[BG_TIME_TEXT_SIZE];
  bg_format_time(unix_seconds, text);
  bg_json_text(json, key, text);
}

void bg_json_hex(struct bg_json *json, const char *key, struct bg_bytes bytes) {
  begin(json, key);
  bg_buf_put_byte(json->buf, '"');
  for (size_t i = 0; i < bytes.len; i++) {
    char digits[3];
    bg_hex(bg_bytes(bytes.data + i, 1), digits);
    bg_buf_put(json->buf, digits, 2);
  }
  bg_buf_put_byte(json->buf, '"');
}

void bg_json_base64(struct bg_json *json, const char *key, struct bg_bytes bytes,
                    enum bg_base64 kind) {
  begin(json, key);
  bg_buf_put_byte(json->buf, '"');
  bg_put_base64(json->buf, bytes, kind);
  bg_buf_put_byte(json->buf, '"');
}
