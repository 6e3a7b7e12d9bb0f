/* SPDX-License-Identifier: BSD-2-Clause */
/* The thread that looks after slow clients, once a second. */
#include <config.h>

#include "server.h"

static void *watch(void *context) {
  struct http_server *server = context;
  (void)pthread_mutex_lock(&server->lock);
  while (server->watching) {
    struct timespec next;
    connections_expire(server);
    (void)clock_gettime(CLOCK_MONOTONIC, &next);
    next.tv_sec++;
    (void)pthread_cond_timedwait(&server->changed, &server->lock, &next);
  }
  (void)pthread_mutex_unlock(&server->lock);
  return NULL;
}

enum bg_error watch_start(struct http_server *server) {
  server->watching = true;
  if (pthread_create(&server->watch, NULL, watch, server) != 0) {
    server->watching = false;
    return BG_ERR_IO;
  }
  return BG_OK;
}

void watch_stop(struct http_server *server) {
  (void)pthread_mutex_lock(&server->lock);
  bool watching = server->watching;
  server->watching = false;
  (void)pthread_cond_broadcast(&server->changed);
  (void)pthread_mutex_unlock(&server->lock);
  if (watching) {
    (void)pthread_join(server->watch, NULL);
  }
}
