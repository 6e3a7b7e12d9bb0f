/* SPDX-License-Identifier: BSD-2-Clause */
#include "breakglass/ask.h"
#include "breakglass/json.h"

static void put_list(struct bg_json *json, const char *key, const char (*texts)[BG_NAME_SIZE],
                     size_t count) {
  if (count == 0) {
    return;
  }
  bg_json_array(json, key);
  for (size_t i = 0; i < count; i++) {
    bg_json_text(json, NULL, texts[i]);
  }
  bg_json_end_array(json);
}

static void put_text(struct bg_json *json, const char *key, const char *text) {
  if (text != NULL && text[0] != '\0') {
    bg_json_text(json, key, text);
  }
}

enum bg_error bg_ask_write(const struct bg_ask *ask, struct bg_buf *buf) {
  struct bg_json json = bg_json_writer(buf);
  bg_json_object(&json, NULL);
  bg_json_text(&json, "for", ask->console ? "console" : "ssh");
  put_list(&json, "hosts", ask->hosts, ask->host_count);
  put_text(&json, "group", ask->group);
  bg_json_text(&json, "login", ask->login);
  bg_json_text(&json, "reason", ask->reason);
  bg_json_int(&json, "window", ask->window);
  bg_json_int(&json, "max", ask->longest);
  put_text(&json, "level", bg_level_name(ask->level));
  put_text(&json, "holder", ask->holder_line);
  put_list(&json, "sources", ask->sources, ask->source_count);
  if (ask->has_nonce) {
    bg_json_hex(&json, "nonce", bg_bytes(ask->nonce, sizeof ask->nonce));
  }
  bg_json_end_object(&json);
  return buf->failed ? BG_ERR_TOO_LARGE : BG_OK;
}
