/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "service.h"

#include <sodium.h>
#include <string.h>
#include <time.h>

#include "answer.h"
#include "cli.h"
#include "token_options.h"

#define IDEMPOTENCY_SIZE 33

bool service_option(struct settings_options *options, int option, const char *value) {
  switch (option) {
  case 'S':
    options->server = value;
    return true;
  case 'A':
    options->ca = value;
    return true;
  case 'K':
    options->key = value;
    return true;
  default:
    return false;
  }
}

int service_open(const struct settings_options *options, struct service *ret_service) {
  *ret_service = (struct service){0};
  int result = settings_load(options, &ret_service->settings);
  if (result != CLI_OK) {
    return result;
  }
  if (!options->only_reads) {
    ret_service->key = token_open_key(ret_service->settings.key, &result);
    if (ret_service->key == NULL) {
      return result;
    }
  }
  ret_service->client = client_new(&ret_service->settings);
  return ret_service->client != NULL ? CLI_OK : cli_failure("%s", bg_strerror(BG_ERR_NOMEM));
}

void service_close(struct service *service) {
  client_free(service->client);
  bg_signing_key_free(service->key);
  settings_free(&service->settings);
}

int service_run(int argc, char **argv, const struct option *long_options,
                struct settings_options *settings, int (*call)(struct service *service)) {
  struct service service;
  for (int option; (option = cli_option(argc, argv, long_options)) != -1;) {
    if (!service_option(settings, option, optarg)) {
      return CLI_USAGE;
    }
  }
  if (optind != argc) {
    return cli_wrong_arguments();
  }
  int result = service_open(settings, &service);
  if (result == CLI_OK) {
    result = call(&service);
  }
  service_close(&service);
  return result;
}

int64_t service_now(const struct service *service) {
  return time(NULL) + service->ahead;
}

/* The header's value for a call of this moment, with a nonce of its own. */
static enum bg_error sign_call(const struct service *service, const struct service_call *call,
                               const char *idempotency_key,
                               char ret_header[static BG_CALL_HEADER_MAX]) {
  uint8_t message_storage[BG_CALL_MESSAGE_MAX];
  uint8_t blob_storage[BG_SSHSIG_MAX];
  struct bg_buf message = BG_BUF(message_storage);
  struct bg_buf blob = BG_BUF(blob_storage);
  struct bg_buf header = {.data = (uint8_t *)ret_header, .cap = BG_CALL_HEADER_MAX};
  struct bg_call signed_call = {
      .issuer = bg_bytes_of(service->settings.issuer),
      .method = bg_bytes_of(call->method),
      .target = bg_bytes_of(call->target),
      .body = call->body,
      .idempotency_key = bg_bytes_of(idempotency_key),
      .time = time(NULL),
  };
  randombytes_buf(signed_call.nonce, sizeof signed_call.nonce);
  enum bg_error err = bg_call_message(&signed_call, &message);
  if (err == BG_OK) {
    err = bg_signing_key_sshsig(service->key, call->namespace, bg_buf_view(&message), &blob);
  }
  if (err == BG_OK) {
    bg_call_put_header(&signed_call, bg_buf_view(&blob), &header);
    bg_buf_put_byte(&header, '\0');
  }
  return err == BG_OK && header.failed ? BG_ERR_TOO_LARGE : err;
}

static int try_call(struct service *service, const struct service_call *call,
                    const char *idempotency_key, enum client_result *ret_result,
                    struct answer *ret_answer) {
  char header[BG_CALL_HEADER_MAX];
  struct client_call http = {.method = call->method,
                             .target = call->target,
                             .body = call->body,
                             .idempotency_key = idempotency_key,
                             .polls = call->polls};
  if (call->namespace != NULL) {
    enum bg_error err = sign_call(service, call, idempotency_key, header);
    if (err != BG_OK) {
      return token_sign_error(err, "reason");
    }
    http.authorization = header;
  }
  *ret_result = client_perform(service->client, &http, ret_answer);
  return CLI_OK;
}

int service_perform(struct service *service, const struct service_call *call,
                    struct answer *ret_answer) {
  uint8_t random[(IDEMPOTENCY_SIZE - 1) / 2];
  char key[IDEMPOTENCY_SIZE];
  struct answer answer = {0};
  enum client_result result = CLIENT_BROKEN;
  randombytes_buf(random, sizeof random);
  bg_hex(bg_bytes(random, sizeof random), key);
  for (int tries = 0; result == CLIENT_BROKEN && tries < 2; tries++) {
    int failed =
        try_call(service, call, strcmp(call->method, "POST") == 0 ? key : NULL, &result, &answer);
    if (failed != CLI_OK) {
      return failed;
    }
  }
  if (result != CLIENT_ANSWERED) {
    return client_explain(service->client);
  }
  service->ahead = answer.date > 0 ? answer.date - time(NULL) : 0;
  if (answer.status < 200 || answer.status > 299) {
    int refused = answer_refused(service, &answer);
    answer_free(&answer);
    return refused;
  }
  *ret_answer = answer;
  return CLI_OK;
}
