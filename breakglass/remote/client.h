/* SPDX-License-Identifier: BSD-2-Clause */
/* HTTP to the signing service, by libcurl: over TLS 1.2 or later with the certificate checked, or
 * over a local socket. Every call ends in bounded time with a bounded answer. Redirects are not
 * followed, and proxies of the environment are not used: what is signed goes to whom the settings
 * name. */
#ifndef BREAKGLASS_REMOTE_CLIENT_H
#define BREAKGLASS_REMOTE_CLIENT_H

#include "breakglass/buf.h"
#include "settings.h"

#define CLIENT_ANSWER_MAX 1048576
#ifndef CLIENT_SECONDS /* a test has less patience */
#define CLIENT_SECONDS 30L
#define CLIENT_POLL_SECONDS 40L
#define CLIENT_POLL_WAIT 25 /* of the service's, in one call */
#endif

struct client;

struct client_call {
  const char *method; /* "GET" or "POST" */
  const char *target;
  struct bg_bytes body;        /* JSON; of a GET empty */
  const char *authorization;   /* NULL: none */
  const char *idempotency_key; /* NULL: none */
  bool polls;                  /* the service may take CLIENT_POLL_WAIT to answer */
};

struct answer {
  long status;
  char type[64]; /* media type without parameters; empty if none was said */
  int64_t date;  /* the service's clock, Unix seconds; 0 if it was not said */
  uint8_t *body; /* NUL behind it; free with answer_free() */
  size_t len;
};
void answer_free(struct answer *answer); /* of one that was made, or zeroed */

enum client_result {
  CLIENT_ANSWERED,
  CLIENT_BROKEN, /* the connection ended: the call may have been heard, or not */
  CLIENT_FAILED,
};

/* NULL if libcurl has no memory. The settings are the caller's and stay. */
struct client *client_new(const struct settings *settings);
void client_free(struct client *client); /* takes NULL */

/* Called about every second while a call waits. */
void client_on_tick(struct client *client, void (*tick)(void *context), void *context);

enum client_result client_perform(struct client *client, const struct client_call *call,
                                  struct answer *ret_answer);
/* Says why the last call was not answered; returns the exit code. */
int client_explain(const struct client *client);

#endif
