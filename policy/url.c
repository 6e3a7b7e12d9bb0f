/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "url.h"

#include <string.h>

#include "breakglass/text.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static bool take(struct bg_bytes *rest, const char *prefix) {
  size_t len = strlen(prefix);
  if (rest->len < len || memcmp(rest->data, prefix, len) != 0) {
    return false;
  }
  *rest = bg_bytes(rest->data + len, rest->len - len);
  return true;
}

/* As long as its bytes are of these. */
static struct bg_bytes take_span(struct bg_bytes *rest, const char *allowed) {
  size_t len = 0;
  while (len < rest->len && rest->data[len] != '\0' && strchr(allowed, rest->data[len]) != NULL) {
    len++;
  }
  struct bg_bytes span = bg_bytes(rest->data, len);
  *rest = bg_bytes(rest->data + len, rest->len - len);
  return span;
}

static bool take_host(struct bg_bytes *rest, struct bg_bytes *ret_host) {
  uint8_t address[16];
  if (take(rest, "[")) {
    *ret_host = take_span(rest, DIGITS "abcdefABCDEF:");
    return memchr(ret_host->data, ':', ret_host->len) != NULL &&
           bg_parse_address(*ret_host, address) == BG_OK && take(rest, "]");
  }
  *ret_host = take_span(rest, LETTERS DIGITS ".-");
  return ret_host->len > 0 && ret_host->data[0] != '-' && ret_host->data[0] != '.';
}

static bool take_port(struct bg_bytes *rest) {
  int64_t port;
  return !take(rest, ":") || bg_parse_uint(take_span(rest, DIGITS), 1, 65535, &port) == BG_OK;
}

/* Visible, and nothing that a reader of URLs could take for something else. */
static bool is_path(struct bg_bytes rest) {
  for (size_t i = 0; i < rest.len; i++) {
    if (rest.data[i] <= ' ' || rest.data[i] >= 0x7F || strchr("#\\\"<>^`{|}", rest.data[i])) {
      return false;
    }
  }
  return rest.len == 0 || rest.data[0] == '/' || rest.data[0] == '?';
}

static bool is_this_machine(struct bg_bytes host) {
  static const uint8_t v4[13] = {[10] = 0xFF, [11] = 0xFF, [12] = 127};
  static const uint8_t v6[16] = {[15] = 1};
  uint8_t address[16];
  if (bg_bytes_is(host, "localhost")) {
    return true;
  }
  return bg_parse_address(host, address) == BG_OK &&
         (memcmp(address, v4, sizeof v4) == 0 || memcmp(address, v6, sizeof v6) == 0);
}

const struct bg_url_kind bg_url_http = {
    .secure = "https://",
    .plain = "http://",
    .path = true,
    .form = "must be https://HOST, :PORT and /PATH where wanted, and nothing else",
    .elsewhere = "must be https:// unless it is this machine (127.0.0.1, [::1], localhost)",
};

const struct bg_url_kind bg_url_nats = {
    .secure = "tls://",
    .plain = "nats://",
    .path = false,
    .form = "must be tls://HOST, :PORT where wanted, and nothing else",
    .elsewhere = "must be tls:// unless it is this machine (127.0.0.1, [::1], localhost)",
};

const struct bg_url_kind bg_url_service = {
    .secure = "https://",
    .path = false,
    .form = "must be https://HOST, :PORT where wanted, and nothing else",
};

const char *bg_url_judge(struct bg_bytes url, const struct bg_url_kind *kind,
                         struct bg_bytes *ret_host) {
  struct bg_bytes host;
  const bool plain = kind->plain != NULL && take(&url, kind->plain);
  if ((!plain && !take(&url, kind->secure)) || !take_host(&url, &host) || !take_port(&url) ||
      !is_path(url) || (url.len > 0 && !kind->path)) {
    return kind->form;
  }
  if (plain && !is_this_machine(host)) {
    return kind->elsewhere;
  }
  if (ret_host != NULL) {
    *ret_host = host;
  }
  return NULL;
}
