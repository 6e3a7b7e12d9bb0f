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
  const char *pattern; /* "/v1/requests/{id}/draft": a parameter, one at most, is [A-Za-z0-9_-]+ */
  size_t body_max;     /* bytes; a longer Content-Length is 413 before a byte is read; of a chunked
                          body up to 1 MiB is read on before it is 413, and more ends the connection */
  http_handler *handle;
};

/* The server's own refusals are problems, too: 404 not-found, 405 method-not-allowed, 413 and 414
 * too-large, 400 bad-request, 503 unavailable (while it stops; a handler that neither answered nor
 * deferred). What is no HTTP, and a head beyond 8 KiB (431, 414), libmicrohttpd refuses in words of
 * its own and ends the connection. */

/* What was asked. Views live until the answer. Absent is NULL. The target is printable ASCII; a
 * query's value is unescaped, has no NUL, and may be any other bytes. Of several with a name the
 * first counts. */
struct bg_bytes http_method(const struct http_exchange *exchange); /* "HEAD", if that was asked */
struct bg_bytes http_target(const struct http_exchange *exchange); /* path and query, as sent */
struct bg_bytes http_body(const struct http_exchange *exchange);
const char *http_parameter(const struct http_exchange *exchange); /* of the path */
const char *http_query(const struct http_exchange *exchange, const char *name);
const char *http_header(const struct http_exchange *exchange, const char *name);

/* The answer: exactly one of these, once for each exchange. body is copied. */
void http_answer(struct http_exchange *exchange, unsigned status, const char *content_type,
                 struct bg_bytes body);
/* application/problem+json (RFC 9457). detail is for people; may be NULL, and is left out beyond 1
 * KiB or so. A 401 names SSHSIG as the way to do better. */
void http_problem(struct http_exchange *exchange, unsigned status, const char *code,
                  const char *detail);
/* The handler answers later: called before the exchange is handed to another thread. Whoever takes
 * it over must answer, once: nobody is told if the client has gone meanwhile. */
void http_defer(struct http_exchange *exchange);

struct http_config {
  const char *listen;      /* "ADDRESS:PORT" ("[::1]:8443"), TLS; NULL: none */
  const char *unix_path;   /* socket file, no TLS; NULL: none */
  const char *certificate; /* PEM files, read at start and by http_reload() */
  const char *key;
  bool activated; /* take the sockets that systemd passed (sd_listen_fds(3)), six at most: those of
                     a network with TLS */
  unsigned threads;         /* 1 to 16, for each socket that listens */
  unsigned connections_max; /* shared evenly by the sockets; more are not accepted until one ends */
  unsigned patience; /* seconds for a client to send a head (since the last answer), then a body,
                        then to take the answer, and one more for each 16 KiB; 0: 60. A twelfth of
                        it, once all places are taken, for those who ask for nothing */
  const struct http_route *routes; /* ends with a NULL method; outlives the server */
  void *context;                   /* handed to the handlers */
};

/* BG_ERR_RANGE (an address, a path or a number that is none, a passed descriptor that does not
 * listen), BG_ERR_NOT_FOUND (nowhere to listen, no such certificate or key), BG_ERR_SYNTAX or
 * BG_ERR_KEY (certificate or key: not PEM, or they do not belong together), BG_ERR_UNSAFE (a link,
 * a file that others can write, a key that the world can read; a group may), BG_ERR_TOO_LARGE,
 * BG_ERR_DENIED, BG_ERR_NOMEM, BG_ERR_IO with errno (EADDRINUSE also for a socket file with a
 * server behind it). The socket file has mode 0660 less the umask. */
BG_MUST_USE enum bg_error http_start(const struct http_config *config,
                                     struct http_server **ret_server);
/* Reads certificate and key again for connections from now on; on any error the old ones stay. One
 * thread at a time. */
BG_MUST_USE enum bg_error http_reload(struct http_server *server);
/* The port that listens, for a config with port 0. */
unsigned http_port(const struct http_server *server);
/* Lets answers leave for up to 2 s, ends all connections, frees. Every deferred exchange must be
 * answered before; one that is not is answered with 503 here, and must not be touched any more. */
void http_stop(struct http_server *server);

#endif
