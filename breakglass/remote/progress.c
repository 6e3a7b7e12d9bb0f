/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LEFT_SIZE 48

static void put_need(struct bg_buf *buf, const json_t *need) {
  const json_t *people = json_object_get(need, "people");
  bg_buf_printf(buf, "%s (%" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT,
                json_text_of(need, "group"), json_integer_value(json_object_get(need, "have")),
                json_integer_value(json_object_get(need, "count")));
  for (size_t i = 0; i < json_array_size(people); i++) {
    bg_buf_put_text(buf, i == 0 ? ": " : ", ");
    bg_buf_put_text(buf, json_string_value(json_array_get(people, i)));
  }
  bg_buf_put_byte(buf, ')');
}

void progress_whom(const struct request_view *view, char ret_text[static PROGRESS_SIZE]) {
  char storage[PROGRESS_SIZE - LEFT_SIZE];
  struct bg_buf buf = BG_BUF(storage);
  size_t count = json_array_size(view->waits_for);
  bg_buf_put_text(&buf, "waiting for ");
  for (size_t i = 0; i < count; i++) {
    bg_buf_put_text(&buf, i == 0 ? "" : i + 1 < count ? ", " : " and ");
    put_need(&buf, json_array_get(view->waits_for, i));
  }
  bg_buf_put_byte(&buf, '\0');
  bg_text_fit(PROGRESS_SIZE, ret_text,
              buf.failed || count == 0 ? "waiting for approvals" : storage);
}

void progress_line(const struct request_view *view, int64_t now,
                   char ret_text[static PROGRESS_SIZE]) {
  progress_whom(view, ret_text);
  size_t len = strlen(ret_text);
  int64_t left = view->approve_by > now ? view->approve_by - now : 0;
  if (left >= 3600) {
    (void)snprintf(ret_text + len, PROGRESS_SIZE - len,
                   " · %" PRId64 ":%02" PRId64 ":%02" PRId64 " left", left / 3600, left / 60 % 60,
                   left % 60);
  } else {
    (void)snprintf(ret_text + len, PROGRESS_SIZE - len, " · %" PRId64 ":%02" PRId64 " left",
                   left / 60, left % 60);
  }
}
