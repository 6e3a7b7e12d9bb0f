/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass requests: those that one may see, page by page. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "cli.h"
#include "remote.h"
#include "request_print.h"

#define PAGE 100
#define PAGES_MAX 1000

struct list_options {
  struct settings_options settings;
  const char *state;
  bool json;
};

static const struct option long_options[] = {SERVICE_OPTIONS,
                                             {"state", required_argument, NULL, 's'},
                                             {"json", no_argument, NULL, 'j'},
                                             {0}};

static bool set_option(struct list_options *options, int option, const char *value) {
  if (option == 'j') {
    options->json = true;
    return true;
  }
  if (option != 's') {
    return service_option(&options->settings, option, value);
  }
  options->state = value;
  if (strcmp(value, "waiting") == 0 || strcmp(value, "issued") == 0 ||
      strcmp(value, "denied") == 0 || strcmp(value, "expired") == 0) {
    return true;
  }
  (void)cli_usage_error("--state %s: write waiting, issued, denied or expired", value);
  return false;
}

static bool print_each(json_t *requests, bool json) {
  bool good = json_is_array(requests);
  for (size_t i = 0; good && i < json_array_size(requests); i++) {
    struct request_view view = {0};
    good = request_view_read(json_incref(json_array_get(requests, i)), &view);
    if (good && json) {
      request_print_json(&view);
    } else if (good) {
      good = request_print_line(&view);
    }
    request_view_free(&view);
  }
  return good;
}

/* ret_next gets the id to go on after, or the empty text. */
static int print_page(struct service *service, const struct list_options *options,
                      char next[static REQUEST_ID_SIZE]) {
  char target[160];
  (void)snprintf(target, sizeof target, "/v1/requests?limit=%d%s%s%s%s", PAGE,
                 options->state != NULL ? "&state=" : "",
                 options->state != NULL ? options->state : "", *next != '\0' ? "&after=" : "",
                 next);
  const struct service_call call = {
      .method = "GET", .namespace = BG_NAMESPACE_READ, .target = target};
  json_t *root = NULL;
  int result = answer_fetch(service, &call, &root);
  if (result != CLI_OK) {
    return result;
  }
  const char *after = json_text_of(root, "next");
  if (!print_each(json_object_get(root, "requests"), options->json) ||
      (after != NULL && (!request_is_id(after) || strcmp(after, next) == 0))) {
    result = answer_is_nonsense(service, "no list of requests");
  }
  bg_text_fit(REQUEST_ID_SIZE, next, after);
  json_decref(root);
  return result;
}

int remote_requests(int argc, char **argv) {
  struct list_options options = {0};
  struct service service;
  char next[REQUEST_ID_SIZE] = "";
  for (int option; (option = cli_option(argc, argv, long_options)) != -1;) {
    if (!set_option(&options, option, optarg)) {
      return CLI_USAGE;
    }
  }
  if (optind != argc) {
    return cli_usage_error("requests takes no argument: '%s'", argv[optind]);
  }
  int result = service_open(&options.settings, &service);
  for (int page = 0; result == CLI_OK && page < PAGES_MAX && (page == 0 || *next != '\0'); page++) {
    result = print_page(&service, &options, next);
  }
  service_close(&service);
  return result;
}
