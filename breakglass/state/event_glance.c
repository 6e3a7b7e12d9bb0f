/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "breakglass/event_glance.h"

#include <string.h>

#include "breakglass/text.h"
#include "event_json.h"

bool bg_event_glance(struct bg_bytes event, struct bg_event_glance *ret_glance) {
  struct bg_event_glance glance = {.boot_id = bg_event_text(event, ",\"boot_id\":\"")};
  const struct bg_bytes type = bg_event_text(event, ",\"type\":\"");
  glance.opened = bg_bytes_is(type, bg_event_type_name(BG_EVENT_TAINT_OPENED));
  if ((!glance.opened && !bg_bytes_is(type, bg_event_type_name(BG_EVENT_TAINT_CLOSED))) ||
      bg_parse_hex(bg_event_text(event, "\"token_id\":\""), BG_TOKEN_ID_SIZE, glance.token_id) !=
          BG_OK) {
    return false;
  }
  *ret_glance = glance;
  return true;
}
