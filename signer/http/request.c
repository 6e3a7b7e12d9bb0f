/* SPDX-License-Identifier: BSD-2-Clause */
/* The way of a request through libmicrohttpd's callbacks: begin (its first line is there), go on
 * (first for the head, then for each part of the body, then once for the whole; again after each
 * suspension), end. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "server.h"

#define DROPPED_MAX 1048576 /* of a body that is too long, before the connection is cut */
#define BODY_FIRST 1024

void *request_begin(void *listener, const char *target, struct MHD_Connection *mhd) {
  struct connection *connection = connection_of(mhd);
  struct http_exchange *exchange = connection != NULL ? calloc(1, sizeof *exchange) : NULL;
  if (exchange == NULL) {
    return NULL;
  }
  struct http_server *server = ((struct listener *)listener)->server;
  exchange->server = server;
  exchange->connection = connection;
  exchange->mhd = mhd;
  exchange->target_len = strlen(target);
  bg_text_fit(sizeof exchange->target, exchange->target, target);
  (void)pthread_mutex_lock(&server->lock);
  connection->exchange = exchange;
  (void)pthread_mutex_unlock(&server->lock);
  return exchange;
}

static void wait_for(struct http_exchange *exchange, enum connection_wait wait, size_t size) {
  (void)pthread_mutex_lock(&exchange->server->lock);
  connection_wait(exchange->connection, wait, size);
  (void)pthread_mutex_unlock(&exchange->server->lock);
}

/* Without a response there was no memory for one, and the connection ends. */
static enum MHD_Result deliver(struct http_exchange *exchange) {
  struct MHD_Response *response = exchange->response;
  exchange->stage = STAGE_SENT;
  exchange->response = NULL;
  if (response == NULL) {
    return MHD_NO;
  }
  wait_for(exchange, WAIT_SENT, exchange->answer_len);
  enum MHD_Result result = MHD_queue_response(exchange->mhd, exchange->status, response);
  MHD_destroy_response(response); /* the connection holds it, too */
  return result;
}

/* A request without a body is answered where its body would end: an answer that comes before ends
 * the connection. */
static enum MHD_Result take_head(struct http_exchange *exchange, const char *url,
                                 const char *version) {
  exchange->stage = STAGE_BODY;
  if (!head_refused(exchange, url, version)) {
    wait_for(exchange, WAIT_BODY, exchange->match.route->body_max);
    return MHD_YES;
  }
  return head_has_body(exchange) ? deliver(exchange) : MHD_YES;
}

static bool make_room(struct http_exchange *exchange, size_t size) {
  size_t needed = exchange->body_len + size;
  size_t cap = exchange->body_cap > 0 ? exchange->body_cap : BODY_FIRST;
  while (cap < needed) {
    cap *= 2;
  }
  if (cap == exchange->body_cap) {
    return true;
  }
  uint8_t *body = realloc(exchange->body, cap);
  if (body == NULL) {
    return false;
  }
  exchange->body = body;
  exchange->body_cap = cap;
  return true;
}

static enum MHD_Result take_body(struct http_exchange *exchange, const char *data, size_t size) {
  if (exchange->dropped > 0 || size > exchange->match.route->body_max - exchange->body_len) {
    exchange->dropped += size;
    return exchange->dropped <= DROPPED_MAX ? MHD_YES : MHD_NO;
  }
  if (!make_room(exchange, size)) {
    exchange->no_memory = true;
    return MHD_NO;
  }
  memcpy(exchange->body + exchange->body_len, data, size);
  exchange->body_len += size;
  return MHD_YES;
}

/* Whether a handler may be called; it is counted until its answer has left. */
static bool admit(struct http_exchange *exchange) {
  struct http_server *server = exchange->server;
  (void)pthread_mutex_lock(&server->lock);
  bool admitted = !server->stopping;
  if (admitted) {
    exchange->counted = true;
    server->handled++;
    connection_wait(exchange->connection, WAIT_HANDLER, 0);
  }
  (void)pthread_mutex_unlock(&server->lock);
  return admitted;
}

/* The handler has returned: its answer is there, or is waited for. */
static bool is_answered(struct http_exchange *exchange) {
  struct http_server *server = exchange->server;
  (void)pthread_mutex_lock(&server->lock);
  bool answered = exchange->answered;
  if (!answered && exchange->deferred && !server->stopped) {
    exchange->suspended = true;
    MHD_suspend_connection(exchange->mhd);
  }
  bool suspended = exchange->suspended;
  (void)pthread_mutex_unlock(&server->lock);
  if (!answered && !suspended) {
    http_problem(exchange, MHD_HTTP_SERVICE_UNAVAILABLE, "unavailable", "there was no answer");
  }
  return !suspended;
}

static enum MHD_Result take_whole(struct http_exchange *exchange) {
  exchange->stage = STAGE_HANDLED;
  if (exchange->answered) { /* by what its head said */
    return deliver(exchange);
  }
  if (exchange->dropped > 0) {
    http_problem(exchange, MHD_HTTP_CONTENT_TOO_LARGE, "too-large", "the body is too long");
  } else if (!admit(exchange)) {
    http_problem(exchange, MHD_HTTP_SERVICE_UNAVAILABLE, "unavailable", "the service is stopping");
  } else {
    exchange->match.route->handle(exchange, exchange->server->config.context);
    if (!is_answered(exchange)) {
      return MHD_YES;
    }
  }
  return deliver(exchange);
}

enum MHD_Result request_go_on(void *listener, struct MHD_Connection *mhd, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **context) {
  struct http_exchange *exchange = *context;
  (void)listener, (void)mhd;
  if (exchange == NULL) {
    return MHD_NO;
  }
  size_t offered = *size;
  switch (exchange->stage) {
  case STAGE_HEAD:
    exchange->method = method;
    return take_head(exchange, url, version);
  case STAGE_BODY:
    *size = 0;
    return offered > 0 ? take_body(exchange, data, offered) : take_whole(exchange);
  case STAGE_HANDLED:
    return deliver(exchange);
  default: /* the daemon is ending and took no answer */
    return MHD_YES;
  }
}

void request_end(void *listener, struct MHD_Connection *mhd, void **context,
                 enum MHD_RequestTerminationCode code) {
  struct http_exchange *exchange = *context;
  (void)listener, (void)mhd, (void)code;
  if (exchange == NULL) {
    return;
  }
  struct http_server *server = exchange->server;
  (void)pthread_mutex_lock(&server->lock);
  exchange->connection->exchange = NULL;
  connection_wait(exchange->connection, WAIT_HEAD, 0);
  server->handled -= exchange->counted;
  if (server->stopping) { /* nobody waits for it before */
    (void)pthread_cond_broadcast(&server->changed);
  }
  (void)pthread_mutex_unlock(&server->lock);
  if (exchange->response != NULL) {
    MHD_destroy_response(exchange->response);
  }
  free(exchange->body);
  free(exchange);
  *context = NULL;
}
