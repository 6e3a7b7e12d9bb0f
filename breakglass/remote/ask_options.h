/* SPDX-License-Identifier: BSD-2-Clause */
/* What is asked for, from the command line to the body of a call. */
#ifndef BREAKGLASS_REMOTE_ASK_OPTIONS_H
#define BREAKGLASS_REMOTE_ASK_OPTIONS_H

#include "breakglass/ask.h"
#include "request_view.h"

/* Rows of the options that every asking subcommand has. */
#define ASK_OPTIONS                                                                                \
  {"reason", required_argument, NULL, 'r'}, {"window", required_argument, NULL, 'w'},              \
      {"max", required_argument, NULL, 'm'}, {"level", required_argument, NULL, 'e'}, {            \
    "challenge", required_argument, NULL, 'c'                                                      \
  }

/* Each answers false after saying what is wrong; ask_option() for an option of another's, too. */
bool ask_option(struct bg_ask *ask, int option, const char *value);
bool ask_add_host(struct bg_ask *ask, const char *value);
bool ask_add_source(struct bg_ask *ask, const char *value);
bool ask_set_holder(struct bg_ask *ask, const char *path);

/* Asks. CLI_OK with the request, or the exit code after saying what is wrong. */
int ask_send(struct service *service, const struct bg_ask *ask, struct request_view *ret_view);

#endif
