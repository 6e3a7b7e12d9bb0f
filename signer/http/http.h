/* SPDX-License-Identifier: BSD-2-Clause */
/* The HTTP server: sockets, TLS, routing, and the shape of answers. It knows nothing of tokens.
 * libmicrohttpd and GnuTLS stay behind this header. Reaches core. */
#ifndef SIGNER_HTTP_H
#define SIGNER_HTTP_H

#include "breakglass/buf.h"

#define HTTP_PARAMETER_MAX 64 /* characters of a {parameter} of a path */
#define HTTP_TARGET_MAX 512

struct http_server;
struct http_exchange; /* one request and its answer */

/* Called on one of the server's threads, once the whole body is there. It answers before it
 * returns, or calls http_defer() and answers later, from any thread. */
typedef void http_handler(struct http_exchange *exchange, void *context);

struct http_route {
  const char *method;  /* "GET" (answers HEAD too), "POST" */
  const char *pattern; /* "/v1/requests/{id}/draft": a parameter is [A-Za-z0-9_-]+ */
  size_t body_max;     /* bytes; more is 413 before it is read */
  http_handler *handle;
};

/* What was asked. Views live until the answer. */
struct bg_bytes http_method(const struct http_exchange *exchange);
struct bg_bytes http_target(const struct http_exchange *exchange); /* path and query, as sent */
struct bg_bytes http_body(const struct http_exchange *exchange);
const char *http_parameter(
    const struct http_exchange *exchange); /* of the path; NULL if it has none */
const char *http_query(const struct http_exchange *exchange, const char *name); /* NULL if absent */
const char *http_header(const struct http_exchange *exchange,
                        const char *name); /* NULL if absent */

/* The answer: exactly one of these, once for each exchange. body is copied. */
void http_answer(struct http_exchange *exchange, unsigned status, const char *content_type,
                 struct bg_bytes body);
/* application/problem+json (RFC 9457). detail is for people; may be NULL. */
void http_problem(struct http_exchange *exchange, unsigned status, const char *code,
                  const char *detail);
/* The handler answers later. Whoever takes it over must answer, or the client waits until the
 * server stops. */
void http_defer(struct http_exchange *exchange);

struct http_config {
  const char *listen;      /* "ADDRESS:PORT" ("[::1]:8443"), TLS; NULL: none */
  const char *unix_path;   /* socket file, no TLS; NULL: none */
  const char *certificate; /* PEM files, read at start and by http_reload() */
  const char *key;
  bool activated;   /* take the sockets that systemd passed (sd_listen_fds(3)): those of a network
                       with TLS */
  unsigned threads; /* 1 to 16, for each socket that listens */
  unsigned connections_max; /* shared evenly by the sockets; more are not accepted until one ends */
  unsigned patience; /* seconds for a client to send a head, then a body, then to take the answer;
                        0: 60 */
  const struct http_route *routes; /* ends with a NULL method; outlives the server */
  void *context;                   /* handed to the handlers */
};

/* BG_ERR_RANGE (an address that is none), BG_ERR_SYNTAX or BG_ERR_KEY (certificate or key: not PEM,
 * or they do not belong together), BG_ERR_UNSAFE (a key file others can read), BG_ERR_DENIED,
 * BG_ERR_IO with errno. */
BG_MUST_USE enum bg_error http_start(const struct http_config *config,
                                     struct http_server **ret_server);
/* Reads certificate and key again for connections from now on; on any error the old ones stay. */
BG_MUST_USE enum bg_error http_reload(struct http_server *server);
/* The port that listens, for a config with port 0. */
unsigned http_port(const struct http_server *server);
/* Accepts nobody any more, ends all connections, frees. Every deferred exchange must be answered
 * before. */
void http_stop(struct http_server *server);

#endif
