/* SPDX-License-Identifier: BSD-2-Clause */
/* The signing service as a person speaks to it: settings, key, connection. */
#ifndef BREAKGLASS_REMOTE_SERVICE_H
#define BREAKGLASS_REMOTE_SERVICE_H

#include <getopt.h>

#include "breakglass/call.h"
#include "breakglass/mint.h"
#include "client.h"
#include "settings.h"

/* Rows of each subcommand's table of options, and their case in its switch. */
#define SERVICE_OPTIONS                                                                            \
  {"server", required_argument, NULL, 'S'}, {"ca", required_argument, NULL, 'A'}, {                \
    "key", required_argument, NULL, 'K'                                                            \
  }
bool service_option(struct settings_options *options, int option, const char *value);

struct service {
  struct settings settings;
  struct client *client;
  struct bg_signing_key *key;
  int64_t ahead; /* seconds that the service's clock was ahead of this one, at its last answer */
};

/* Reads the settings, opens the key unless the options say that none is needed. Answers the exit
 * code, after saying what is wrong. Close with service_close() in any case. */
int service_open(const struct settings_options *options, struct service *ret_service);
void service_close(struct service *service);

/* A whole subcommand that takes these of the service's options alone, and no arguments: with the
 * service open, what call() does. Answers the exit code. */
int service_run(int argc, char **argv, const struct option *long_options,
                struct settings_options *settings, int (*call)(struct service *service));

struct service_call {
  const char *method;
  const char *namespace; /* NULL: the call is not signed */
  const char *target;
  struct bg_bytes body;
  bool polls;
};

/* One call, made twice where the connection breaks, as one and the same by its idempotency key.
 * CLI_OK with an answer of status 2xx (free with answer_free()), or the exit code after saying
 * what is wrong. */
int service_perform(struct service *service, const struct service_call *call,
                    struct answer *ret_answer);

/* The service's time, as far as it is known here. */
int64_t service_now(const struct service *service);

#endif
