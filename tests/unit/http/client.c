/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <gnutls/x509.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "fixture.h"

static gnutls_certificate_credentials_t nobody; /* the clients' */

double seconds_now(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int open_socket(int family, const struct sockaddr *address, socklen_t len) {
  const struct timeval limit = {.tv_sec = 10};
  const int on = 1;
  int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  assert_true(fd >= 0);
  assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), 0);
  assert_int_equal(connect(fd, address, len), 0);
  if (family == AF_INET) { /* what is said behind a handshake waits for no acknowledgement */
    assert_int_equal(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), 0);
  }
  return fd;
}

struct client client_tcp(unsigned port) {
  const struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_port = htons((uint16_t)port),
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  return (struct client){
      .fd = open_socket(AF_INET, (const struct sockaddr *)&address, sizeof address)};
}

struct client client_unix(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", fixture_path("socket"));
  return (struct client){
      .fd = open_socket(AF_UNIX, (const struct sockaddr *)&address, sizeof address)};
}

bool client_try_tls(unsigned port, const char *priorities, struct client *ret_client) {
  int result;
  if (nobody == NULL) {
    assert_int_equal(gnutls_certificate_allocate_credentials(&nobody), 0);
  }
  *ret_client = client_tcp(port);
  assert_int_equal(gnutls_init(&ret_client->tls, GNUTLS_CLIENT | GNUTLS_NO_SIGNAL), 0);
  assert_int_equal(gnutls_priority_set_direct(ret_client->tls, priorities, NULL), 0);
  assert_int_equal(gnutls_credentials_set(ret_client->tls, GNUTLS_CRD_CERTIFICATE, nobody), 0);
  gnutls_transport_set_int(ret_client->tls, ret_client->fd);
  do {
    result = gnutls_handshake(ret_client->tls);
  } while (result < 0 && result != GNUTLS_E_AGAIN && !gnutls_error_is_fatal(result));
  return result == 0;
}

struct client client_tls(unsigned port) {
  struct client client;
  assert_true(client_try_tls(port, "NORMAL", &client));
  return client;
}

void client_close(struct client *client) {
  if (client->tls != NULL) {
    gnutls_deinit(client->tls);
  }
  (void)close(client->fd);
}

void client_send(struct client *client, const char *data, size_t len) {
  while (len > 0) {
    ssize_t sent = client->tls != NULL ? gnutls_record_send(client->tls, data, len)
                                       : send(client->fd, data, len, MSG_NOSIGNAL);
    if (sent <= 0) {
      return; /* the server has ended it: what it said is seen by reading */
    }
    data += sent;
    len -= (size_t)sent;
  }
}

void client_say(struct client *client, const char *text) {
  client_send(client, text, strlen(text));
}

long client_read(struct client *client, char *ret_data, size_t size) {
  if (client->tls == NULL) {
    return recv(client->fd, ret_data, size, 0);
  }
  ssize_t got = gnutls_record_recv(client->tls, ret_data, size);
  return got == GNUTLS_E_PREMATURE_TERMINATION ? 0 : got < 0 ? -1 : got;
}

bool client_is_ended(struct client *client) {
  char byte;
  errno = 0;
  return client_read(client, &byte, 1) <= 0 && errno != EAGAIN;
}

const char *reply_header(const struct reply *reply, const char *name) {
  static _Thread_local char value[512];
  size_t len = strlen(name);
  for (const char *line = strchr(reply->head, '\n'); line != NULL; line = strchr(line, '\n')) {
    line++;
    if (strncasecmp(line, name, len) == 0 && line[len] == ':') {
      (void)snprintf(value, sizeof value, "%.*s", (int)strcspn(line + len + 2, "\r"),
                     line + len + 2);
      return value;
    }
  }
  return NULL;
}

/* Byte by byte: what follows belongs to the next answer. */
static bool read_head(struct client *client, struct reply *reply) {
  size_t len = 0;
  while (len < sizeof reply->head - 1 && client_read(client, reply->head + len, 1) == 1) {
    reply->head[++len] = '\0';
    if (len >= 4 && strcmp(reply->head + len - 4, "\r\n\r\n") == 0) {
      return true;
    }
  }
  return false;
}

bool client_try_reply(struct client *client, bool has_body, struct reply *ret_reply) {
  *ret_reply = (struct reply){0};
  if (!read_head(client, ret_reply) || strncmp(ret_reply->head, "HTTP/1.", 7) != 0) {
    return false;
  }
  ret_reply->status = (unsigned)strtoul(ret_reply->head + 9, NULL, 10);
  const char *length = reply_header(ret_reply, "Content-Length");
  size_t expected = length != NULL && has_body ? strtoul(length, NULL, 10) : 0;
  while (ret_reply->body_len < expected) {
    char byte[4096];
    size_t left = expected - ret_reply->body_len;
    long got = client_read(client, byte, left < sizeof byte ? left : sizeof byte);
    if (got <= 0) {
      return false;
    }
    if (ret_reply->body_len + (size_t)got < REPLY_MAX) {
      memcpy(ret_reply->body + ret_reply->body_len, byte, (size_t)got);
    }
    ret_reply->body_len += (size_t)got;
  }
  return true;
}

struct reply client_reply(struct client *client) {
  struct reply reply;
  assert_true(client_try_reply(client, true, &reply));
  return reply;
}

struct reply client_ask(struct client *client, const char *text) {
  client_say(client, text);
  return client_reply(client);
}

void client_peer(const struct client *client, size_t size, char *ret_name) {
  unsigned count;
  gnutls_x509_crt_t certificate;
  const gnutls_datum_t *chain = gnutls_certificate_get_peers(client->tls, &count);
  assert_non_null(chain);
  assert_int_equal(gnutls_x509_crt_init(&certificate), 0);
  assert_int_equal(gnutls_x509_crt_import(certificate, chain, GNUTLS_X509_FMT_DER), 0);
  assert_int_equal(gnutls_x509_crt_get_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, 0,
                                                 ret_name, &size),
                   0);
  gnutls_x509_crt_deinit(certificate);
}

void assert_problem(const struct reply *reply, unsigned status, const char *code) {
  char wanted[64];
  assert_int_equal(reply->status, status);
  assert_string_equal(reply_header(reply, "Content-Type"), "application/problem+json");
  (void)snprintf(wanted, sizeof wanted, "\"status\":%u,\"code\":\"%s\"", status, code);
  assert_non_null(strstr(reply->body, wanted));
  assert_non_null(strstr(reply->body, "{\"type\":\"about:blank\",\"title\":\""));
}
