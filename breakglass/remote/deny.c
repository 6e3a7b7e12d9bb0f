/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass deny: ends a request that waits. */
#include <config.h>

#include <stdio.h>

#include "breakglass/json.h"
#include "remote.h"
#include "request_argument.h"
#include "request_view.h"
#include "token_options.h"

static const struct option long_options[] = {
    SERVICE_OPTIONS, {"reason", required_argument, NULL, 'r'}, {0}};

static int deny(struct service *service, const char *id, const char *reason) {
  char storage[2048];
  struct bg_buf body = BG_BUF(storage);
  struct bg_json json = bg_json_writer(&body);
  char target[REQUEST_TARGET_SIZE];
  struct answer answer = {0};
  struct request_view view = {0};
  bg_json_object(&json, NULL);
  bg_json_text(&json, "reason", reason);
  bg_json_end_object(&json);
  (void)snprintf(target, sizeof target, "/v1/requests/%s/denials", id);
  const struct service_call call = {.method = "POST",
                                    .namespace = BG_NAMESPACE_DENY,
                                    .target = target,
                                    .body = bg_buf_view(&body)};
  int result = service_perform(service, &call, &answer);
  if (result == CLI_OK) {
    result = request_view_take(service, &answer, &view);
  }
  if (result == CLI_OK) {
    (void)printf("%s: %s's request is %s\n", id, view.subject, view.state);
  }
  request_view_free(&view);
  return result;
}

int remote_deny(int argc, char **argv) {
  struct settings_options settings = {0};
  struct service service;
  char reason[BG_REASON_SIZE] = "";
  for (int option; (option = cli_option(argc, argv, long_options)) != -1;) {
    if (option == 'r' ? !token_option_text("reason", optarg, sizeof reason, reason)
                      : !service_option(&settings, option, optarg)) {
      return CLI_USAGE;
    }
  }
  const char *id = request_argument(argc, argv);
  if (id == NULL) {
    return CLI_USAGE;
  }
  if (*reason == '\0') {
    return cli_usage_error("deny needs --reason: the person who asked is shown it");
  }
  int result = service_open(&settings, &service);
  if (result == CLI_OK) {
    result = deny(&service, id, reason);
  }
  service_close(&service);
  return result;
}
