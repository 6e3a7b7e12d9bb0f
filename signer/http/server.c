/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server.h"
#include "socket.h"

#define THREADS_MAX 16
#define PATIENCE 60
#define LAST_ANSWERS 2 /* seconds for answers to leave when the server stops */

/* Before they are handed to their daemons. */
struct sockets {
  int fds[LISTENERS_MAX];
  unsigned count;
};

static void close_sockets(const struct sockets *sockets, unsigned from) {
  int why = errno;
  for (unsigned i = from; i < sockets->count; i++) {
    (void)close(sockets->fds[i]);
  }
  errno = why;
}

/* Which file is this server's own, so that it removes no other's. */
static void note_unix_file(struct http_server *server) {
  struct stat st;
  if (lstat(server->config.unix_path, &st) == 0) {
    server->unix_dev = st.st_dev;
    server->unix_ino = st.st_ino;
  }
}

static void remove_unix_file(const struct http_server *server) {
  struct stat st;
  if (server->unix_ino != 0 && lstat(server->config.unix_path, &st) == 0 &&
      st.st_dev == server->unix_dev && st.st_ino == server->unix_ino) {
    (void)unlink(server->config.unix_path);
  }
}

static enum bg_error open_sockets(struct http_server *server, struct sockets *sockets) {
  const struct http_config *config = &server->config;
  enum bg_error err = BG_OK;
  if (config->activated) { /* two places are for those of the configuration */
    err = socket_take_passed(LISTENERS_MAX - 2, sockets->fds, &sockets->count);
  }
  if (err == BG_OK && config->listen != NULL) {
    err = socket_open_tcp(config->listen, &sockets->fds[sockets->count]);
    sockets->count += err == BG_OK;
  }
  if (err == BG_OK && config->unix_path != NULL) {
    err = socket_open_unix(config->unix_path, &sockets->fds[sockets->count]);
    if (err == BG_OK) {
      sockets->count++;
      note_unix_file(server);
    }
  }
  return err == BG_OK && sockets->count == 0 ? BG_ERR_NOT_FOUND : err;
}

static bool needs_credentials(const struct sockets *sockets) {
  for (unsigned i = 0; i < sockets->count; i++) {
    if (!socket_is_unix(sockets->fds[i])) {
      return true;
    }
  }
  return false;
}

static enum bg_error load(const struct http_config *config, struct credentials **ret_credentials) {
  if (config->certificate == NULL || config->key == NULL) {
    return BG_ERR_NOT_FOUND;
  }
  return credentials_read(config->certificate, config->key, ret_credentials);
}

/* Each thread of each socket has room for one connection at least. */
static unsigned share(const struct http_config *config, unsigned sockets) {
  unsigned each = config->connections_max / sockets;
  return each > config->threads ? each : config->threads;
}

static enum bg_error start_listeners(struct http_server *server, const struct sockets *sockets) {
  enum bg_error err = BG_OK;
  unsigned each = share(&server->config, sockets->count);
  for (unsigned i = 0; err == BG_OK && i < sockets->count; i++) {
    unsigned port = socket_port(sockets->fds[i]);
    server->port = server->port == 0 ? port : server->port;
    err = listener_start(server, sockets->fds[i], each);
    if (err != BG_OK) {
      close_sockets(sockets, i + 1);
    }
  }
  return err;
}

static enum bg_error start(struct http_server *server) {
  struct sockets sockets = {0};
  enum bg_error err = open_sockets(server, &sockets);
  if (err == BG_OK && needs_credentials(&sockets)) {
    err = load(&server->config, &server->credentials);
  }
  if (err == BG_OK) {
    err = watch_start(server);
  }
  if (err != BG_OK) {
    close_sockets(&sockets, 0);
    return err;
  }
  return start_listeners(server, &sockets);
}

static char *copy(const char *text, bool *ret_failed) {
  char *result = text == NULL ? NULL : strdup(text);
  *ret_failed = *ret_failed || (text != NULL && result == NULL);
  return result;
}

static bool prepare(struct http_server *server, const struct http_config *config) {
  bool failed = false;
  pthread_condattr_t attributes;
  server->config = *config;
  server->config.unix_path = copy(config->unix_path, &failed);
  server->config.certificate = copy(config->certificate, &failed);
  server->config.key = copy(config->key, &failed);
  if (server->config.patience == 0) {
    server->config.patience = PATIENCE;
  }
  (void)pthread_mutex_init(&server->lock, NULL);
  (void)pthread_condattr_init(&attributes);
  (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  (void)pthread_cond_init(&server->changed, &attributes);
  (void)pthread_condattr_destroy(&attributes);
  return !failed;
}

enum bg_error http_start(const struct http_config *config, struct http_server **ret_server) {
  if (config->threads == 0 || config->threads > THREADS_MAX || config->connections_max == 0) {
    return BG_ERR_RANGE;
  }
  struct http_server *server = calloc(1, sizeof *server);
  if (server == NULL) {
    return BG_ERR_NOMEM;
  }
  enum bg_error err = prepare(server, config) ? start(server) : BG_ERR_NOMEM;
  if (err != BG_OK) {
    int why = errno;
    http_stop(server);
    errno = why;
    return err;
  }
  *ret_server = server;
  return BG_OK;
}

enum bg_error http_reload(struct http_server *server) {
  struct credentials *credentials = NULL;
  if (server->credentials == NULL) {
    return BG_OK; /* no socket that needs any; set once, at the start */
  }
  enum bg_error err = load(&server->config, &credentials);
  if (err != BG_OK) {
    return err;
  }
  (void)pthread_mutex_lock(&server->lock);
  credentials_drop(server->credentials);
  server->credentials = credentials;
  (void)pthread_mutex_unlock(&server->lock);
  return BG_OK;
}

unsigned http_port(const struct http_server *server) {
  return server->port;
}

/* The answers that are on their way may leave. */
static void wait_for_answers(struct http_server *server) {
  struct timespec until;
  (void)clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_sec += LAST_ANSWERS;
  (void)pthread_mutex_lock(&server->lock);
  server->stopping = true;
  while (server->handled > 0 &&
         pthread_cond_timedwait(&server->changed, &server->lock, &until) == 0) {
  }
  server->stopped = true;
  (void)pthread_mutex_unlock(&server->lock);
}

static struct http_exchange *find_suspended(struct http_server *server) {
  struct http_exchange *found = NULL;
  (void)pthread_mutex_lock(&server->lock);
  for (struct connection *each = server->oldest; found == NULL && each != NULL;
       each = each->newer) {
    if (each->exchange != NULL && each->exchange->suspended) {
      found = each->exchange;
    }
  }
  (void)pthread_mutex_unlock(&server->lock);
  return found;
}

/* libmicrohttpd ends the process if a connection is suspended when its daemon stops. */
static void answer_for_all(struct http_server *server) {
  struct http_exchange *exchange;
  while ((exchange = find_suspended(server)) != NULL) {
    http_problem(exchange, MHD_HTTP_SERVICE_UNAVAILABLE, "unavailable", "the service is stopping");
  }
}

static void free_server(struct http_server *server) {
  credentials_drop(server->credentials);
  (void)pthread_cond_destroy(&server->changed);
  (void)pthread_mutex_destroy(&server->lock);
  free((void *)(uintptr_t)server->config.unix_path);
  free((void *)(uintptr_t)server->config.certificate);
  free((void *)(uintptr_t)server->config.key);
  free(server);
}

void http_stop(struct http_server *server) {
  if (server == NULL) {
    return;
  }
  wait_for_answers(server);
  answer_for_all(server);
  for (unsigned i = 0; i < server->count; i++) {
    MHD_stop_daemon(server->listeners[i].daemon);
  }
  watch_stop(server);
  remove_unix_file(server);
  free_server(server);
}
