/* SPDX-License-Identifier: BSD-2-Clause */
/* What performs a call, and what explains its failure. */
#ifndef BREAKGLASS_REMOTE_CLIENT_PARTS_H
#define BREAKGLASS_REMOTE_CLIENT_PARTS_H

#include <curl/curl.h>

#include "client.h"

#define CLIENT_CONNECT_SECONDS 5L

struct client {
  CURL *curl;
  const struct settings *settings;
  char base[SETTINGS_PATH_SIZE];
  void (*tick)(void *context);
  void *tick_context;
  /* Of the last call. */
  long seconds;
  CURLcode code;
  long os_error;
  curl_off_t connected; /* 0: it had not come to the request yet */
  char error[CURL_ERROR_SIZE];
};

#endif
