/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass revoke: takes a token, a holder key or an approver back. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "breakglass/json.h"
#include "remote.h"
#include "request_view.h"
#include "token_options.h"

static const struct option long_options[] = {
    SERVICE_OPTIONS, {"reason", required_argument, NULL, 'r'}, {0}};

static bool is_fingerprint(const char *text) {
  return strncmp(text, "SHA256:", 7) == 0 && strlen(text) == BG_FINGERPRINT_SIZE - 1;
}

static bool is_person(const char *text) {
  size_t len = strlen(text);
  return len > 0 && len <= BG_NAME_MAX && bg_text_is_clean(bg_bytes_of(text));
}

static const struct {
  const char *name;
  bool (*is_value)(const char *text);
  const char *what;
} kinds[] = {
    {"token", request_is_id, "its id, 32 hex digits"},
    {"holder", is_fingerprint, "the key's fingerprint, as ssh-keygen -l shows it: SHA256:..."},
    {"approver", is_person, "the person's name in trusted_signers"},
};

static bool check_arguments(int argc, char **argv) {
  if (argc - optind != 2) {
    (void)cli_usage_error("revoke takes what and which: token ID, holder FINGERPRINT or approver "
                          "NAME");
    return false;
  }
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    if (strcmp(argv[optind], kinds[i].name) == 0) {
      if (!kinds[i].is_value(argv[optind + 1])) {
        (void)cli_usage_error("revoke %s takes %s", kinds[i].name, kinds[i].what);
        return false;
      }
      return true;
    }
  }
  (void)cli_usage_error("'%s' cannot be revoked: token, holder or approver can", argv[optind]);
  return false;
}

static int revoke(struct service *service, const char *kind, const char *value,
                  const char *reason) {
  char storage[2048];
  struct bg_buf body = BG_BUF(storage);
  struct bg_json json = bg_json_writer(&body);
  bg_json_object(&json, NULL);
  bg_json_text(&json, "revokes", kind);
  bg_json_text(&json, "value", value);
  bg_json_text(&json, "reason", reason);
  bg_json_end_object(&json);
  const struct service_call call = {.method = "POST",
                                    .namespace = BG_NAMESPACE_REVOKE,
                                    .target = "/v1/revocations",
                                    .body = bg_buf_view(&body)};
  json_t *root = NULL;
  int result = answer_fetch(service, &call, &root);
  if (result != CLI_OK) {
    return result;
  }
  json_decref(root);
  (void)printf("revoked: %s %s\n", kind, value);
  return CLI_OK;
}

int remote_revoke(int argc, char **argv) {
  struct settings_options settings = {0};
  struct service service;
  char reason[BG_REASON_SIZE] = "";
  for (int option; (option = cli_option(argc, argv, long_options)) != -1;) {
    if (option == 'r' ? !token_option_text("reason", optarg, sizeof reason, reason)
                      : !service_option(&settings, option, optarg)) {
      return CLI_USAGE;
    }
  }
  if (!check_arguments(argc, argv)) {
    return CLI_USAGE;
  }
  if (*reason == '\0') {
    return cli_usage_error("revoke needs --reason: the ledger keeps it");
  }
  int result = service_open(&settings, &service);
  if (result == CLI_OK) {
    result = revoke(&service, argv[optind], argv[optind + 1], reason);
  }
  service_close(&service);
  return result;
}
