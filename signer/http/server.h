/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of the HTTP server share. One lock, held for moments only, guards all that more
 * than one thread touches: the connections, the credentials' counts, and who answers an exchange.
 */
#ifndef SIGNER_HTTP_SERVER_H
#define SIGNER_HTTP_SERVER_H

#include <microhttpd.h>
#include <pthread.h>
#include <sys/types.h>
#include <time.h>

#include "credentials.h"
#include "http.h"
#include "route.h"

#define LISTENERS_MAX 8

/* A socket that listens, and libmicrohttpd's daemon behind it. */
struct listener {
  struct http_server *server;
  struct MHD_Daemon *daemon;
  unsigned connections; /* locked */
  unsigned connections_max;
};

struct http_server {
  struct http_config config; /* its texts for files are copies */
  struct listener listeners[LISTENERS_MAX];
  unsigned count;
  unsigned port;
  dev_t unix_dev; /* the socket file that this server made; no inode: none */
  ino_t unix_ino;

  pthread_mutex_t lock;
  pthread_cond_t changed;    /* the server stops, or an exchange has ended meanwhile */
  struct connection *oldest; /* in the order of their beginning */
  struct connection *newest;
  struct credentials *credentials; /* for new connections */
  unsigned handled; /* exchanges that a handler has or had, and whose answer has not left */
  bool stopping;    /* no handler is called any more */
  bool stopped;     /* nobody waits for a deferred answer any more */
  pthread_t watch;
  bool watching;
};

/* What is waited for on a connection, and until when. */
enum connection_wait { WAIT_HEAD, WAIT_BODY, WAIT_HANDLER, WAIT_SENT };

struct connection {
  struct listener *listener;
  struct connection *older;
  struct connection *newer;
  struct credentials *credentials; /* since its handshake */
  struct http_exchange *exchange;  /* the one that is going on */
  int fd;
  enum connection_wait wait;
  time_t since;
  time_t until;
};

enum exchange_stage { STAGE_HEAD, STAGE_BODY, STAGE_HANDLED, STAGE_SENT };

struct http_exchange {
  struct http_server *server;
  struct connection *connection;
  struct MHD_Connection *mhd;
  enum exchange_stage stage; /* of the server's thread alone */
  const char *method;
  char target[HTTP_TARGET_MAX + 1];
  size_t target_len; /* as it came: may be longer than what is kept */
  struct route_match match;
  uint8_t *body;
  size_t body_len;
  size_t body_cap;
  size_t dropped; /* bytes of a body that is too long */
  bool no_memory;

  /* Locked. */
  bool deferred;
  bool counted;   /* in server->handled */
  bool suspended; /* the server's thread waits for http_answer() */
  bool answered;
  unsigned status;
  size_t answer_len;
  struct MHD_Response *response; /* NULL with answered: no memory for it */
};

time_t server_now(void); /* seconds of a clock that nobody sets */

/* libmicrohttpd's callbacks (connection.c, request.c). */
void connection_notify(void *listener, struct MHD_Connection *mhd, void **socket_context,
                       enum MHD_ConnectionNotificationCode code);
int connection_credentials(gnutls_session_t session, const gnutls_datum_t *authorities, int count,
                           const gnutls_pk_algorithm_t *algorithms, int algorithm_count,
                           gnutls_pcert_st **ret_chain, unsigned *ret_count,
                           gnutls_privkey_t *ret_key);
void *request_begin(void *listener, const char *target, struct MHD_Connection *mhd);
enum MHD_Result request_go_on(void *listener, struct MHD_Connection *mhd, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **context);
void request_end(void *listener, struct MHD_Connection *mhd, void **context,
                 enum MHD_RequestTerminationCode code);

struct connection *connection_of(struct MHD_Connection *mhd);
/* What the client is waited for from now on; of so many bytes. */
void connection_wait(struct connection *connection, enum connection_wait wait, size_t size);
/* Ends connections that were waited for too long. Locked. */
void connections_expire(struct http_server *server);

/* Thread that calls connections_expire() (watch.c). */
BG_MUST_USE enum bg_error watch_start(struct http_server *server);
void watch_stop(struct http_server *server);

/* Starts the daemon of a socket, which is the daemon's from then on. On failure nobody may close
 * it: libmicrohttpd has, or has not (listener.c). */
BG_MUST_USE enum bg_error listener_start(struct http_server *server, int fd,
                                         unsigned connections_max);

/* What the head says against the request: answered with a problem if so (head.c). */
bool head_refused(struct http_exchange *exchange, const char *url, const char *version);
bool head_has_body(const struct http_exchange *exchange);

/* A refusal of the server's own, and what the handlers' answers become (answer.c). */
struct MHD_Response *answer_make(const char *content_type, struct bg_bytes body);
struct MHD_Response *answer_problem(unsigned status, const char *code, const char *detail);
/* Takes the response over; wakes the server's thread if that waits for it. */
void exchange_give(struct http_exchange *exchange, unsigned status, struct MHD_Response *response,
                   size_t len);

#endif
