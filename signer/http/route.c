/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "route.h"

#include <string.h>

static bool is_parameter_byte(uint8_t byte) {
  return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
         (byte >= '0' && byte <= '9') || byte == '_' || byte == '-';
}

static size_t parameter_len(struct bg_bytes path, size_t from) {
  size_t len = 0;
  while (from + len < path.len && is_parameter_byte(path.data[from + len])) {
    len++;
  }
  return len;
}

/* Byte for byte: a path that is escaped where it need not be is another path. */
static bool matches(const char *pattern, struct bg_bytes path,
                    char ret_parameter[static HTTP_PARAMETER_MAX + 1]) {
  size_t at = 0;
  ret_parameter[0] = '\0';
  for (; *pattern != '\0'; pattern++) {
    if (*pattern == '{') {
      size_t len = parameter_len(path, at);
      if (len == 0 || bg_bytes_to_text(bg_bytes(path.data + at, len), HTTP_PARAMETER_MAX + 1,
                                       ret_parameter) != BG_OK) {
        return false;
      }
      at += len;
      pattern += strcspn(pattern, "}");
    } else if (at == path.len || path.data[at++] != (uint8_t)*pattern) {
      return false;
    }
  }
  return at == path.len;
}

static bool serves(const struct http_route *route, struct bg_bytes method) {
  return bg_bytes_is(method, route->method) ||
         (bg_bytes_is(method, "HEAD") && strcmp(route->method, "GET") == 0);
}

static void allow(struct bg_buf *list, const char *method) {
  if (list->len > 0) {
    bg_buf_put_text(list, ", ");
  }
  bg_buf_put_text(list, method);
  if (strcmp(method, "GET") == 0) {
    bg_buf_put_text(list, ", HEAD");
  }
}

void route_find(const struct http_route *routes, struct bg_bytes method, struct bg_bytes path,
                struct route_match *ret_match) {
  char parameter[HTTP_PARAMETER_MAX + 1];
  *ret_match = (struct route_match){0};
  struct bg_buf list = {.data = (uint8_t *)ret_match->allow, .cap = sizeof ret_match->allow - 1};
  for (const struct http_route *route = routes; route->method != NULL; route++) {
    if (!matches(route->pattern, path, parameter)) {
      continue;
    }
    ret_match->found = true;
    allow(&list, route->method);
    if (ret_match->route == NULL && serves(route, method)) {
      ret_match->route = route;
      memcpy(ret_match->parameter, parameter, sizeof parameter);
    }
  }
}
