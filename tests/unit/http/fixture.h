/* SPDX-License-Identifier: BSD-2-Clause */
/* A server in a temporary folder, its handlers, and clients that can misbehave. Everything here
 * aborts the test on a failure of its own. */
#ifndef TEST_HTTP_FIXTURE_H
#define TEST_HTTP_FIXTURE_H

#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stddef.h>

#include "signer/http/http.h"

#define PATIENCE 2     /* seconds, of the servers under test */
#define REPLY_MAX 4096 /* of a body that is looked at */

/* cmocka's, for a group: the folder with two pairs, "a" and "b". */
int fixture_create(void **state);
int fixture_remove(void **state);
/* A file of the folder. */
const char *fixture_path(const char *name);
/* Makes the pair "NAME.crt" and "NAME.key" of this subject the one that the server reads. */
void fixture_use(const char *name);

/* TLS on 127.0.0.1 and the socket file "socket"; two threads. */
struct http_config fixture_config(void);
struct http_server *fixture_start(const struct http_config *config);
/* For single tests: *state is the server. */
int fixture_serve(void **state);
int fixture_stop(void **state);

/* What GET /held waits for: answered by the test. */
struct http_exchange *fixture_held(void);

struct client {
  int fd;
  gnutls_session_t tls; /* NULL: none */
};

struct reply {
  unsigned status;
  char head[2048];
  char body[REPLY_MAX];
  size_t body_len; /* may be more than is kept */
};

struct client client_tcp(unsigned port);
struct client client_tls(unsigned port);
/* With GnuTLS's priorities; false if there was no handshake. */
bool client_try_tls(unsigned port, const char *priorities, struct client *ret_client);
struct client client_unix(void);
void client_close(struct client *client);
void client_send(struct client *client, const char *data, size_t len);
void client_say(struct client *client, const char *text);
/* Bytes, 0 at the end, -1 on an error or after 10 seconds of silence. */
long client_read(struct client *client, char *ret_data, size_t size);
/* Reads one answer whole; false if the connection ended before. has_body: not one to HEAD. */
bool client_try_reply(struct client *client, bool has_body, struct reply *ret_reply);
struct reply client_reply(struct client *client);
struct reply client_ask(struct client *client, const char *text);
/* Whether the server ends the connection without another byte. */
bool client_is_ended(struct client *client);
/* The common name in the server's certificate. */
void client_peer(const struct client *client, size_t size, char *ret_name);
/* One header's value in the head; NULL if absent. */
const char *reply_header(const struct reply *reply, const char *name);
/* A problem with this status and code, in its form. */
void assert_problem(const struct reply *reply, unsigned status, const char *code);

double seconds_now(void);

#endif
