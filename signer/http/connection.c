/* SPDX-License-Identifier: BSD-2-Clause */
/* The connections: their credentials, and how long each client is waited for. libmicrohttpd's own
 * timeout begins anew with every byte, so that whoever sends one a second would hold a place for
 * ever. */
#include <config.h>

#include <stdlib.h>
#include <sys/socket.h>

#include "server.h"

#define SLOWEST 16384 /* bytes a second that a client must send or take */
#define CROWDED 12    /* how much less patience there is when no place is left */
#define ROOM 8        /* which part of the places is made free then, a second */

time_t server_now(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec;
}

struct connection *connection_of(struct MHD_Connection *mhd) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info == NULL ? NULL : info->socket_context;
}

static void begin(struct connection *connection) {
  struct http_server *server = connection->listener->server;
  connection->older = server->newest;
  if (server->newest != NULL) {
    server->newest->newer = connection;
  } else {
    server->oldest = connection;
  }
  server->newest = connection;
  connection->listener->connections++;
}

static void end(struct connection *connection) {
  struct http_server *server = connection->listener->server;
  if (connection->older != NULL) {
    connection->older->newer = connection->newer;
  } else {
    server->oldest = connection->newer;
  }
  if (connection->newer != NULL) {
    connection->newer->older = connection->older;
  } else {
    server->newest = connection->older;
  }
  connection->listener->connections--;
  credentials_drop(connection->credentials);
}

/* Out of memory, the connection gets no context, and its first request ends it. */
static struct connection *new_connection(struct listener *listener, struct MHD_Connection *mhd) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
  struct connection *connection = info != NULL ? calloc(1, sizeof *connection) : NULL;
  if (connection != NULL) {
    connection->listener = listener;
    connection->fd = info->connect_fd;
  }
  return connection;
}

/* A connection that has ended is told of before its descriptor is closed, and after its TLS session
 * is gone. */
void connection_notify(void *listener, struct MHD_Connection *mhd, void **socket_context,
                       enum MHD_ConnectionNotificationCode code) {
  struct http_server *server = ((struct listener *)listener)->server;
  if (code == MHD_CONNECTION_NOTIFY_STARTED) {
    struct connection *connection = new_connection(listener, mhd);
    *socket_context = connection;
    if (connection != NULL) {
      (void)pthread_mutex_lock(&server->lock);
      begin(connection);
      connection_wait(connection, WAIT_HEAD, 0);
      (void)pthread_mutex_unlock(&server->lock);
    }
  } else if (*socket_context != NULL) {
    (void)pthread_mutex_lock(&server->lock);
    end(*socket_context);
    (void)pthread_mutex_unlock(&server->lock);
    free(*socket_context);
    *socket_context = NULL;
  }
}

/* gnutls_certificate_retrieve_function2. */
int connection_credentials(gnutls_session_t session, const gnutls_datum_t *authorities, int count,
                           const gnutls_pk_algorithm_t *algorithms, int algorithm_count,
                           gnutls_pcert_st **ret_chain, unsigned *ret_count,
                           gnutls_privkey_t *ret_key) {
  (void)authorities, (void)count, (void)algorithms, (void)algorithm_count;
  struct connection *connection = connection_of(gnutls_session_get_ptr(session));
  if (connection == NULL) {
    return -1;
  }
  struct http_server *server = connection->listener->server;
  (void)pthread_mutex_lock(&server->lock);
  if (connection->credentials == NULL) {
    credentials_hold(server->credentials);
    connection->credentials = server->credentials;
  }
  (void)pthread_mutex_unlock(&server->lock);
  *ret_chain = connection->credentials->chain;
  *ret_count = connection->credentials->count;
  *ret_key = connection->credentials->key;
  return 0;
}

void connection_wait(struct connection *connection, enum connection_wait wait, size_t size) {
  connection->wait = wait;
  connection->since = server_now();
  connection->until = connection->since + (time_t)connection->listener->server->config.patience +
                      (time_t)(size / SLOWEST);
}

static bool is_over(const struct connection *connection, time_t now) {
  return connection->wait != WAIT_HANDLER && now >= connection->until;
}

/* No place is left, and this client has one without asking for anything. */
static bool must_make_room(const struct connection *connection, time_t now) {
  const struct listener *listener = connection->listener;
  return connection->wait == WAIT_HEAD && listener->connections >= listener->connections_max &&
         now - connection->since > (time_t)(listener->server->config.patience / CROWDED);
}

/* A connection that is shut down ends in its own thread. */
void connections_expire(struct http_server *server) {
  time_t now = server_now();
  unsigned making_room = 0;
  for (struct connection *each = server->oldest; each != NULL; each = each->newer) {
    bool room = making_room <= each->listener->connections_max / ROOM && must_make_room(each, now);
    if (room || is_over(each, now)) {
      making_room += room;
      (void)shutdown(each->fd, SHUT_RDWR);
    }
  }
}
