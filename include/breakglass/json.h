/* SPDX-License-Identifier: BSD-2-Clause */
/* JSON writer (RFC 8259). There is no reader here: the PAM module never reads
 * JSON. Reaches only buf.h, text.h. */
#ifndef BREAKGLASS_JSON_H
#define BREAKGLASS_JSON_H

#include "breakglass/buf.h"
#include "breakglass/text.h"

#define BG_JSON_MAX_DEPTH 8

/* Commas and nesting are the writer's; the caller gives keys inside objects and
 * NULL as key inside arrays and at the top. A misuse or a full buffer marks
 * the buffer as failed. */
struct bg_json {
  struct bg_buf *buf;
  unsigned depth;
  bool comma[BG_JSON_MAX_DEPTH + 1];
  bool in_object[BG_JSON_MAX_DEPTH + 1];
};

struct bg_json bg_json_writer(struct bg_buf *buf);
void bg_json_object(struct bg_json *json, const char *key);
void bg_json_end_object(struct bg_json *json);
void bg_json_array(struct bg_json *json, const char *key);
void bg_json_end_array(struct bg_json *json);
/* text is UTF-8; bytes that are not become U+FFFD. NULL writes null. */
void bg_json_text(struct bg_json *json, const char *key, const char *text);
/* The same of bytes, which may hold NULs. */
void bg_json_bytes(struct bg_json *json, const char *key, struct bg_bytes text);
/* An array of count texts, each size bytes behind the one before: the rows of a char[][size]. */
void bg_json_texts(struct bg_json *json, const char *key, const void *texts, size_t size,
                   size_t count);
void bg_json_int(struct bg_json *json, const char *key, int64_t value);
void bg_json_bool(struct bg_json *json, const char *key, bool value);
void bg_json_null(struct bg_json *json, const char *key);
/* Unix seconds as RFC 3339 in UTC, "2026-01-31T12:00:00Z". */
void bg_json_time(struct bg_json *json, const char *key, int64_t unix_seconds);
void bg_json_hex(struct bg_json *json, const char *key, struct bg_bytes bytes);
void bg_json_base64(struct bg_json *json, const char *key, struct bg_bytes bytes,
                    enum bg_base64 kind);

#endif
