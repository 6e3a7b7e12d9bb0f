/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "breakglass/event_glance.h"

#include <string.h>

#include "breakglass/text.h"

/* The text behind a key, up to its closing quote. */
static struct bg_bytes text_behind(struct bg_bytes event, const char *key) {
  const uint8_t *at = event.len > 0 ? memmem(event.data, event.len, key, strlen(key)) : NULL;
  if (at == NULL) {
    return bg_bytes(NULL, 0);
  }
  at += strlen(key);
  const uint8_t *end = memchr(at, '"', (size_t)(event.data + event.len - at));
  return bg_bytes(at, end != NULL ? (size_t)(end - at) : 0);
}

bool bg_event_glance(struct bg_bytes event, struct bg_event_glance *ret_glance) {
  struct bg_event_glance glance = {.boot_id = text_behind(event, ",\"boot_id\":\"")};
  const struct bg_bytes type = text_behind(event, ",\"type\":\"");
  glance.opened = bg_bytes_is(type, bg_event_type_name(BG_EVENT_TAINT_OPENED));
  if ((!glance.opened && !bg_bytes_is(type, bg_event_type_name(BG_EVENT_TAINT_CLOSED))) ||
      bg_parse_hex(text_behind(event, "\"token_id\":\""), BG_TOKEN_ID_SIZE, glance.token_id) !=
          BG_OK) {
    return false;
  }
  *ret_glance = glance;
  return true;
}
