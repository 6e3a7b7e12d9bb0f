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

#define FINGERPRINT "SHA256:"
#define KEY_WHAT "the key's fingerprint, as ssh-keygen -l shows it: SHA256:..."

/* What is revoked, as the service takes it. */
struct wish {
  const char *kind;
  uint8_t sha256[BG_SHA256_SIZE]; /* of a key */
  char value[2 * BG_SHA256_SIZE + 1];
};

static bool read_id(const char *text, struct wish *wish) {
  bool is_id = request_is_id(text);
  if (is_id) {
    bg_text_fit(sizeof wish->value, wish->value, text);
  }
  return is_id;
}

static bool read_fingerprint(const char *text, struct wish *wish) {
  const size_t prefix = strlen(FINGERPRINT);
  char padded[BG_FINGERPRINT_SIZE + 1];
  struct bg_buf buf = BG_BUF(wish->sha256);
  if (strncmp(text, FINGERPRINT, prefix) != 0 || strlen(text) != BG_FINGERPRINT_SIZE - 1) {
    return false;
  }
  (void)snprintf(padded, sizeof padded, "%s=", text);
  if (bg_parse_base64(bg_bytes_of(padded + prefix), BG_BASE64, &buf) != BG_OK ||
      buf.len != sizeof wish->sha256) {
    return false;
  }
  bg_hex(bg_buf_view(&buf), wish->value);
  return true;
}

static const struct {
  const char *name;
  bool (*read)(const char *text, struct wish *wish);
  const char *what;
} kinds[] = {
    {"token", read_id, "its id, 32 hex digits"},
    {"holder", read_fingerprint, KEY_WHAT},
    {"approver", read_fingerprint, KEY_WHAT},
};

static bool read_arguments(int argc, char **argv, struct wish *ret_wish) {
  if (argc - optind != 2) {
    (void)cli_usage_error("revoke takes what and which: token ID, holder FINGERPRINT or approver "
                          "FINGERPRINT");
    return false;
  }
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    if (strcmp(argv[optind], kinds[i].name) == 0) {
      ret_wish->kind = kinds[i].name;
      if (!kinds[i].read(argv[optind + 1], ret_wish)) {
        (void)cli_usage_error("revoke %s takes %s", kinds[i].name, kinds[i].what);
        return false;
      }
      return true;
    }
  }
  (void)cli_usage_error("'%s' cannot be revoked: token, holder or approver can", argv[optind]);
  return false;
}

/* That an approver's key is revoked, each of two approvers signs for the hosts, too. */
static int put_signature(struct service *service, const struct wish *wish, struct bg_json *json) {
  uint8_t value[BG_SIGNATURE_MAX];
  size_t len = 0;
  char storage[2 * BG_SIGNATURE_MAX];
  struct bg_buf text = BG_BUF(storage);
  enum bg_error err = bg_sign_revoked_key(service->key, wish->sha256, value, &len);
  if (err != BG_OK) {
    return token_sign_error(err, "reason");
  }
  bg_put_base64(&text, bg_bytes(value, len), BG_BASE64URL);
  bg_json_text(json, "signature", storage);
  return CLI_OK;
}

static int write_body(struct service *service, const struct wish *wish, const char *reason,
                      struct bg_buf *body) {
  struct bg_json json = bg_json_writer(body);
  int result = CLI_OK;
  bg_json_object(&json, NULL);
  bg_json_text(&json, "revokes", wish->kind);
  bg_json_text(&json, "value", wish->value);
  bg_json_text(&json, "reason", reason);
  if (strcmp(wish->kind, "approver") == 0) {
    result = put_signature(service, wish, &json);
  }
  bg_json_end_object(&json);
  return result;
}

static void print_answer(const json_t *root, const struct wish *wish, const char *value) {
  if (json_is_false(json_object_get(root, "in_force"))) {
    (void)printf("signed: %s %s; it is revoked once another approver revokes it, too\n", wish->kind,
                 value);
  } else {
    (void)printf("revoked: %s %s\n", wish->kind, value);
  }
}

static int revoke(struct service *service, const struct wish *wish, const char *value,
                  const char *reason) {
  char storage[2048];
  struct bg_buf body = BG_BUF(storage);
  json_t *root = NULL;
  int result = write_body(service, wish, reason, &body);
  if (result != CLI_OK) {
    return result;
  }
  const struct service_call call = {.method = "POST",
                                    .namespace = BG_NAMESPACE_REVOKE,
                                    .target = "/v1/revocations",
                                    .body = bg_buf_view(&body)};
  result = answer_fetch(service, &call, &root);
  if (result == CLI_OK) {
    print_answer(root, wish, value);
    json_decref(root);
  }
  return result;
}

int remote_revoke(int argc, char **argv) {
  struct settings_options settings = {0};
  struct service service;
  struct wish wish = {0};
  char reason[BG_REASON_SIZE] = "";
  for (int option; (option = cli_option(argc, argv, long_options)) != -1;) {
    if (option == 'r' ? !token_option_text("reason", optarg, sizeof reason, reason)
                      : !service_option(&settings, option, optarg)) {
      return CLI_USAGE;
    }
  }
  if (!read_arguments(argc, argv, &wish)) {
    return CLI_USAGE;
  }
  if (*reason == '\0') {
    return cli_usage_error("revoke needs --reason: the ledger keeps it");
  }
  int result = service_open(&settings, &service);
  if (result == CLI_OK) {
    result = revoke(&service, &wish, argv[optind + 1], reason);
  }
  service_close(&service);
  return result;
}
