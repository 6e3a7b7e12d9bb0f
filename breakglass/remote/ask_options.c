/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "ask_options.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/file.h"
#include "token_options.h"

static bool set_challenge(struct bg_ask *ask, const char *value) {
  ask->has_nonce = token_option_hex("challenge", value, sizeof ask->nonce, ask->nonce);
  return ask->has_nonce;
}

static bool set_level(struct bg_ask *ask, const char *value) {
  if (bg_level_parse(bg_bytes_of(value), &ask->level) != BG_OK) {
    (void)cli_usage_error("--level %s: write refresh, rebuild or reallocate", value);
    return false;
  }
  return true;
}

bool ask_option(struct bg_ask *ask, int option, const char *value) {
  switch (option) {
  case 'r':
    return token_option_text("reason", value, sizeof ask->reason, ask->reason);
  case 'w':
    return token_option_duration("window", value, &ask->window);
  case 'm':
    return token_option_duration("max", value, &ask->longest);
  case 'e':
    return set_level(ask, value);
  case 'c':
    return set_challenge(ask, value);
  default:
    return false;
  }
}

bool ask_add_host(struct bg_ask *ask, const char *value) {
  if (ask->host_count == BG_SCOPES_MAX) {
    (void)cli_usage_error("at most %d times --host", BG_SCOPES_MAX);
    return false;
  }
  return token_option_text("host", value, BG_NAME_SIZE, ask->hosts[ask->host_count++]);
}

bool ask_add_source(struct bg_ask *ask, const char *value) {
  return token_option_source(value, ask->sources, &ask->source_count);
}

/* Type and base64: what else stands in the line is nobody's business. */
static size_t key_length(const char *line) {
  size_t len = strcspn(line, " \t\r\n");
  if (line[len] == ' ') {
    len += 1 + strcspn(line + len + 1, " \t\r\n");
  }
  return len;
}

bool ask_set_holder(struct bg_ask *ask, const char *path) {
  struct bg_file file = {0};
  if (!token_option_public_key("holder", path, &ask->holder)) {
    return false;
  }
  enum bg_error err = bg_file_read(path, geteuid(), BG_SSH_LINE_MAX - 1, &file);
  if (err == BG_OK) {
    err = bg_bytes_to_text(bg_bytes(file.data, key_length((const char *)file.data)),
                           sizeof ask->holder_line, ask->holder_line);
  }
  bg_file_free(&file);
  if (err != BG_OK) {
    (void)cli_usage_error("--holder %s: %s", path, bg_strerror(err));
  }
  return err == BG_OK;
}

int ask_send(struct service *service, const struct bg_ask *ask, struct request_view *ret_view) {
  uint8_t storage[BG_ASK_BODY_MAX];
  struct bg_buf body = BG_BUF(storage);
  struct bg_ask checked;
  struct bg_ask_problem problem = {0};
  struct answer answer = {0};
  enum bg_error err = bg_ask_write(ask, &body);
  if (err != BG_OK || body.failed) {
    return cli_usage_error("what is asked for is longer than %d bytes", BG_ASK_BODY_MAX);
  }
  /* Read as the service will: it says what it wants changed before anybody is asked. */
  if (bg_ask_parse(bg_buf_view(&body), &checked, &problem) != BG_OK) {
    return cli_usage_error("%s", problem.text);
  }
  const struct service_call call = {.method = "POST",
                                    .namespace = BG_NAMESPACE_REQUEST,
                                    .target = "/v1/requests",
                                    .body = bg_buf_view(&body)};
  int result = service_perform(service, &call, &answer);
  return result == CLI_OK ? request_view_take(service, &answer, ret_view) : result;
}
