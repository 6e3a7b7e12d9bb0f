/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <errno.h>
#include <signal.h>

#include "server.h"
#include "socket.h"

#define CONNECTION_MEMORY 8192
/* TLS 1.2 and later. */
#define PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

/* poll() and not epoll: there libmicrohttpd (0.9.75 to 1.0.1) takes a connection for readable all
 * through its TLS handshake, so that one client that stops in the midst of it keeps a thread busy.
 */
static unsigned flags(bool tls) {
  return (unsigned)MHD_USE_POLL_INTERNAL_THREAD | (unsigned)MHD_USE_ITC |
         (unsigned)MHD_ALLOW_SUSPEND_RESUME | (tls ? (unsigned)MHD_USE_TLS : 0U);
}

static struct MHD_Daemon *start(struct listener *listener, int fd, unsigned threads) {
  bool tls = !socket_is_unix(fd);
  struct MHD_OptionItem secure[] = {
      {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)PRIORITIES},
      {MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)(uintptr_t)connection_credentials},
      {MHD_OPTION_END, 0, NULL},
  };
  struct MHD_OptionItem pool[] = {
      {MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)threads, NULL},
      {MHD_OPTION_END, 0, NULL},
  };
  struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
  return MHD_start_daemon(
      flags(tls), 0, NULL, NULL, request_go_on, listener, MHD_OPTION_LISTEN_SOCKET, fd,
      MHD_OPTION_NOTIFY_CONNECTION, connection_notify, listener, MHD_OPTION_URI_LOG_CALLBACK,
      request_begin, listener, MHD_OPTION_NOTIFY_COMPLETED, request_end, listener,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, MHD_OPTION_CONNECTION_LIMIT,
      listener->connections_max, MHD_OPTION_CONNECTION_TIMEOUT, listener->server->config.patience,
      MHD_OPTION_ARRAY, tls ? secure : none, MHD_OPTION_ARRAY, threads > 1 ? pool : none,
      MHD_OPTION_END);
}

enum bg_error listener_start(struct http_server *server, int fd, unsigned connections_max) {
  unsigned threads = server->config.threads;
  struct listener *listener = &server->listeners[server->count];
  sigset_t all;
  sigset_t before;
  *listener = (struct listener){.server = server, .connections_max = connections_max};
  (void)sigfillset(&all);
  (void)pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are for the threads of others */
  listener->daemon = start(listener, fd, threads);
  int why = errno;
  (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (listener->daemon == NULL) {
    errno = why;
    return BG_ERR_IO;
  }
  server->count++;
  return BG_OK;
}
