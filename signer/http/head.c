/* SPDX-License-Identifier: BSD-2-Clause */
/* What a request's head must be like before its body is read. libmicrohttpd is tolerant; a signed
 * target and a body's length must have one meaning only. */
#include <config.h>

#include <string.h>
#include <strings.h>

#include "breakglass/text.h"
#include "server.h"

struct head {
  unsigned hosts;
  unsigned lengths;
  unsigned encodings;
  bool broken; /* a name that is no token */
};

static bool is_token(const char *name, size_t len) {
  static const char marks[] = "!#$%&'*+-.^_`|~";
  for (size_t i = 0; i < len; i++) {
    char c = name[i];
    bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!alphanumeric && (c == '\0' || strchr(marks, c) == NULL)) {
      return false;
    }
  }
  return len > 0;
}

static enum MHD_Result look(void *context, enum MHD_ValueKind kind, const char *name,
                            size_t name_len, const char *value, size_t value_len) {
  struct head *head = context;
  (void)kind, (void)value, (void)value_len;
  head->hosts += strcasecmp(name, "Host") == 0;
  head->lengths += strcasecmp(name, "Content-Length") == 0;
  head->encodings += strcasecmp(name, "Transfer-Encoding") == 0;
  head->broken = head->broken || !is_token(name, name_len);
  return MHD_YES;
}

static bool is_chunked(const struct http_exchange *exchange) {
  const char *encoding = http_header(exchange, "Transfer-Encoding");
  return encoding != NULL && strcasecmp(encoding, "chunked") == 0;
}

static const char *wrong_headers(const struct http_exchange *exchange, const char *version) {
  struct head head = {0};
  (void)MHD_get_connection_values_n(exchange->mhd, MHD_HEADER_KIND, look, &head);
  if (head.broken) {
    return "a header is malformed";
  }
  if (head.lengths > 1 || head.encodings > 1 || (head.lengths > 0 && head.encodings > 0)) {
    return "the length of the body is said twice";
  }
  if (head.encodings > 0 && !is_chunked(exchange)) {
    return "no transfer encoding but chunked is known";
  }
  if (head.hosts > 1 || (head.hosts == 0 && strcmp(version, "HTTP/1.0") != 0)) {
    return "one header Host is needed";
  }
  return NULL;
}

/* version lies behind the target and its blank, in libmicrohttpd's buffer: a NUL makes the target
 * shorter than that. */
static const char *wrong_target(const struct http_exchange *exchange, const char *url,
                                const char *version) {
  if (url + exchange->target_len + 1 != version) {
    return "the target has a NUL";
  }
  for (const char *c = exchange->target; *c != '\0'; c++) {
    if (*c <= ' ' || *c >= 0x7F) {
      return "the target has a character that must be escaped";
    }
  }
  return strstr(exchange->target, "%00") != NULL ? "the target has a NUL" : NULL;
}

static bool refuse(struct http_exchange *exchange, unsigned status, const char *code,
                   const char *detail) {
  http_problem(exchange, status, code, detail);
  return true;
}

static bool method_refused(struct http_exchange *exchange) {
  static const char code[] = "method-not-allowed";
  struct MHD_Response *response =
      answer_problem(MHD_HTTP_METHOD_NOT_ALLOWED, code, "the header Allow says which methods are");
  if (response != NULL &&
      MHD_add_response_header(response, "Allow", exchange->match.allow) != MHD_YES) {
    MHD_destroy_response(response);
    response = NULL;
  }
  exchange_give(exchange, MHD_HTTP_METHOD_NOT_ALLOWED, response, 0);
  return true;
}

static bool route_refused(struct http_exchange *exchange) {
  size_t path_len = strcspn(exchange->target, "?");
  route_find(exchange->server->config.routes, http_method(exchange),
             bg_bytes(exchange->target, path_len), &exchange->match);
  if (!exchange->match.found) {
    return refuse(exchange, MHD_HTTP_NOT_FOUND, "not-found", "there is nothing at this path");
  }
  return exchange->match.route == NULL && method_refused(exchange);
}

/* What is no number libmicrohttpd has refused. */
static bool length_refused(struct http_exchange *exchange) {
  int64_t max = (int64_t)exchange->match.route->body_max;
  int64_t length = 0;
  const char *text = http_header(exchange, "Content-Length");
  if (text == NULL || bg_parse_uint(bg_bytes_of(text), 0, max, &length) == BG_OK) {
    return false;
  }
  return refuse(exchange, MHD_HTTP_CONTENT_TOO_LARGE, "too-large", "the body is too long");
}

bool head_refused(struct http_exchange *exchange, const char *url, const char *version) {
  if (exchange->target_len > HTTP_TARGET_MAX) {
    return refuse(exchange, MHD_HTTP_URI_TOO_LONG, "too-large", "the target is too long");
  }
  const char *wrong = wrong_target(exchange, url, version);
  if (wrong == NULL) {
    wrong = wrong_headers(exchange, version);
  }
  if (wrong != NULL) {
    return refuse(exchange, MHD_HTTP_BAD_REQUEST, "bad-request", wrong);
  }
  return route_refused(exchange) || length_refused(exchange);
}

bool head_has_body(const struct http_exchange *exchange) {
  const char *length = http_header(exchange, "Content-Length");
  return http_header(exchange, "Transfer-Encoding") != NULL ||
         (length != NULL && strcmp(length, "0") != 0);
}
