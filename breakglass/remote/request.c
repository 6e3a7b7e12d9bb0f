/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass request: asks for a token. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "ask_options.h"
#include "issued.h"
#include "progress.h"
#include "remote.h"
#include "request_print.h"
#include "token_options.h"
#include "wait.h"

struct request_options {
  struct settings_options settings;
  struct bg_ask ask;
  bool has_holder;
  bool waits;
  bool json;
};

static const struct option long_options[] = {SERVICE_OPTIONS,
                                             ASK_OPTIONS,
                                             {"host", required_argument, NULL, 'h'},
                                             {"group", required_argument, NULL, 'g'},
                                             {"login", required_argument, NULL, 'l'},
                                             {"holder", required_argument, NULL, 'o'},
                                             {"console", no_argument, NULL, 'C'},
                                             {"source", required_argument, NULL, 's'},
                                             {"wait", no_argument, NULL, 'W'},
                                             {"json", no_argument, NULL, 'j'},
                                             {0}};

static bool set_option(struct request_options *options, int option, const char *value) {
  struct bg_ask *ask = &options->ask;
  switch (option) {
  case 'h':
    return ask_add_host(ask, value);
  case 'g':
    return token_option_text("group", value, sizeof ask->group, ask->group);
  case 'l':
    return token_option_text("login", value, sizeof ask->login, ask->login);
  case 'o':
    options->has_holder = ask_set_holder(ask, value);
    return options->has_holder;
  case 's':
    return ask_add_source(ask, value);
  case 'C':
    ask->console = true;
    return true;
  case 'W':
    options->waits = true;
    return true;
  case 'j':
    options->json = true;
    return true;
  default:
    return service_option(&options->settings, option, value) || ask_option(ask, option, value);
  }
}

#define MISSING_SIZE 160

static void name_missing(const struct request_options *options,
                         char ret_names[static MISSING_SIZE]) {
  const struct bg_ask *ask = &options->ask;
  const struct {
    bool is_missing;
    const char *name;
  } required[] = {
      {ask->host_count == 0 && ask->group[0] == '\0', " --host or --group"},
      {!ask->console && !options->has_holder, " --holder (or --console)"},
      {ask->login[0] == '\0', " --login"},
      {ask->window == 0, " --window"},
      {ask->longest == 0, " --max"},
      {ask->reason[0] == '\0', " --reason"},
  };
  ret_names[0] = '\0';
  for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
    if (required[i].is_missing) {
      (void)strcat(ret_names, ret_names[0] != '\0' ? "," : "");
      (void)strcat(ret_names, required[i].name);
    }
  }
}

static int check_options(const struct request_options *options) {
  const struct bg_ask *ask = &options->ask;
  char missing[MISSING_SIZE];
  name_missing(options, missing);
  if (missing[0] != '\0') {
    return cli_usage_error("request needs%s; breakglass request --help shows all", missing);
  }
  if (ask->host_count > 0 && ask->group[0] != '\0') {
    return cli_usage_error("either --host or --group, not both");
  }
  if (ask->console && options->has_holder) {
    return cli_usage_error("either --holder or --console, not both: a console has no key");
  }
  return CLI_OK;
}

static void print_request(const struct service *service, const struct request_view *view,
                          bool json) {
  char line[PROGRESS_SIZE];
  if (json) {
    request_print_json(view);
    return;
  }
  (void)puts(view->id);
  if (strcmp(view->state, "waiting") == 0) {
    progress_line(view, service_now(service), line);
    (void)fprintf(stderr, "%s\n", line);
  } else {
    (void)fprintf(stderr, "%s: breakglass show --token %s prints the token\n", view->state,
                  view->id);
  }
}

/* Of an issued one standard output has the token only, so the id goes where the progress does. */
static int wait_and_print(struct service *service, struct request_view *view, bool json) {
  struct issued issued = {0};
  (void)fprintf(stderr, "request %s\n", view->id);
  int result = wait_until_issued(service, view);
  if (result == CLI_OK) {
    result = issued_fetch(service, view->id, &issued);
  }
  if (result == CLI_OK) {
    result = issued_print(&issued, json);
  }
  issued_free(&issued);
  return result;
}

static int ask(const struct request_options *options) {
  struct service service;
  struct request_view view = {0};
  int result = service_open(&options->settings, &service);
  if (result == CLI_OK) {
    result = ask_send(&service, &options->ask, &view);
  }
  if (result == CLI_OK && options->waits) {
    result = wait_and_print(&service, &view, options->json);
  } else if (result == CLI_OK) {
    print_request(&service, &view, options->json);
  }
  request_view_free(&view);
  service_close(&service);
  return result;
}

int remote_request(int argc, char **argv) {
  struct request_options options = {0};
  for (int option; (option = cli_option(argc, argv, long_options)) != -1;) {
    if (!set_option(&options, option, optarg)) {
      return CLI_USAGE;
    }
  }
  if (optind != argc) {
    return cli_usage_error("request takes no argument: '%s'", argv[optind]);
  }
  int result = check_options(&options);
  return result == CLI_OK ? ask(&options) : result;
}
