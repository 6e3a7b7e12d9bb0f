/* SPDX-License-Identifier: BSD-2-Clause */
/* What a handler sees of a request. */
#include <config.h>

#include "server.h"

struct bg_bytes http_method(const struct http_exchange *exchange) {
  return bg_bytes_of(exchange->method);
}

struct bg_bytes http_target(const struct http_exchange *exchange) {
  return bg_bytes_of(exchange->target);
}

struct bg_bytes http_body(const struct http_exchange *exchange) {
  return bg_bytes(exchange->body, exchange->body_len);
}

const char *http_parameter(const struct http_exchange *exchange) {
  return exchange->match.parameter[0] != '\0' ? exchange->match.parameter : NULL;
}

const char *http_query(const struct http_exchange *exchange, const char *name) {
  return MHD_lookup_connection_value(exchange->mhd, MHD_GET_ARGUMENT_KIND, name);
}

const char *http_header(const struct http_exchange *exchange, const char *name) {
  return MHD_lookup_connection_value(exchange->mhd, MHD_HEADER_KIND, name);
}

void http_defer(struct http_exchange *exchange) {
  (void)pthread_mutex_lock(&exchange->server->lock);
  exchange->deferred = true;
  (void)pthread_mutex_unlock(&exchange->server->lock);
}
