/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass show: one request, and once it is issued its token. */
#include <config.h>

#include "cli.h"
#include "issued.h"
#include "remote.h"
#include "request_argument.h"
#include "request_print.h"
#include "wait.h"

struct show_options {
  struct settings_options settings;
  bool waits;
  bool token;
  bool json;
};

static const struct option long_options[] = {SERVICE_OPTIONS,
                                             {"wait", no_argument, NULL, 'W'},
                                             {"token", no_argument, NULL, 't'},
                                             {"json", no_argument, NULL, 'j'},
                                             {0}};

static bool set_option(struct show_options *options, int option, const char *value) {
  switch (option) {
  case 'W':
    options->waits = true;
    return true;
  case 't':
    options->token = true;
    return true;
  case 'j':
    options->json = true;
    return true;
  default:
    return service_option(&options->settings, option, value);
  }
}

static int show_token(struct service *service, const char *id, bool json) {
  struct issued issued = {0};
  int result = issued_fetch(service, id, &issued);
  if (result == CLI_OK) {
    result = issued_print(&issued, json);
  }
  issued_free(&issued);
  return result;
}

static int show(struct service *service, const struct show_options *options, const char *id) {
  struct request_view view = {0};
  int result = request_view_fetch(service, id, false, &view);
  if (result == CLI_OK && options->waits) {
    result = wait_until_issued(service, &view);
  }
  if (result == CLI_OK && options->token) {
    result = show_token(service, id, options->json);
  } else if (result == CLI_OK && options->json) {
    request_print_json(&view);
  } else if (result == CLI_OK) {
    request_print(&view, service_now(service));
  }
  request_view_free(&view);
  return result;
}

int remote_show(int argc, char **argv) {
  struct show_options options = {0};
  struct service service;
  for (int option; (option = cli_option(argc, argv, long_options)) != -1;) {
    if (!set_option(&options, option, optarg)) {
      return CLI_USAGE;
    }
  }
  const char *id = request_argument(argc, argv);
  if (id == NULL) {
    return CLI_USAGE;
  }
  int result = service_open(&options.settings, &service);
  if (result == CLI_OK) {
    result = show(&service, &options, id);
  }
  service_close(&service);
  return result;
}
