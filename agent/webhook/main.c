/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass-webhook: a host's events over HTTPS, signed with the host's key. */
#include <config.h>

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

#include "../worker/program.h"
#include "breakglass/event_key.h"
#include "breakglass/host_clock.h"
#include "breakglass/paths.h"
#include "breakglass/webhook.h"

_Static_assert(WORKER_ID_SIZE - 1 <= BG_WEBHOOK_ID_MAX, "ids are passed on");

struct own {
  struct bg_webhook *webhook;
  struct bg_event_key *key; /* NULL until it is needed */
};

static void say(char ret_reason[static WORKER_REASON_SIZE], const char *text) {
  bg_text_fit(WORKER_REASON_SIZE, ret_reason, text);
}

/* When it is first needed, so that whoever waits for an answer is told what is wrong with it. */
static bool has_key(struct own *own, char ret_reason[static WORKER_REASON_SIZE]) {
  const struct bg_paths *paths = bg_paths();
  if (own->key != NULL) {
    return true;
  }
  enum bg_error err = bg_event_key_open(paths->event_key, paths->owner, &own->key);
  if (err != BG_OK) {
    (void)snprintf(ret_reason, WORKER_REASON_SIZE, "the host's key: %s", bg_strerror(err));
  }
  return err == BG_OK;
}

static enum worker_sent post(const struct own *own, const struct bg_webhook_message *message,
                             char ret_reason[static WORKER_REASON_SIZE]) {
  char reason[BG_WEBHOOK_REASON_SIZE] = "";
  switch (bg_webhook_post(own->webhook, message, -1, reason)) {
  case BG_WEBHOOK_TAKEN:
    return WORKER_ACKNOWLEDGED;
  case BG_WEBHOOK_TIMED_OUT:
    say(ret_reason, WORKER_TIMED_OUT);
    break;
  case BG_WEBHOOK_REFUSED:
    say(ret_reason, reason);
    break;
  }
  return WORKER_FAILED;
}

static enum worker_sent send_event(void *context, struct worker *worker,
                                   const struct worker_event *event,
                                   char ret_reason[static WORKER_REASON_SIZE]) {
  struct own *own = context;
  char signature[BG_EVENT_SIGNATURE_SIZE];
  struct bg_webhook_message message = {
      .id = event->id, .time = bg_clock_now(), .signature = signature, .body = event->line};
  (void)worker;
  if (!has_key(own, ret_reason)) {
    return WORKER_FAILED;
  }
  if (bg_event_key_sign(own->key, event->id, message.time, event->line, signature) != BG_OK) {
    say(ret_reason, "it is too long to be signed");
    return WORKER_FAILED;
  }
  return post(own, &message, ret_reason);
}

static bool check(void *context, struct worker *worker,
                  char ret_reason[static WORKER_REASON_SIZE]) {
  struct own *own = context;
  char reason[BG_WEBHOOK_REASON_SIZE] = "";
  (void)worker;
  if (!has_key(own, ret_reason)) {
    return false;
  }
  enum bg_webhook_result result = bg_webhook_connect(own->webhook, -1, reason);
  say(ret_reason, result == BG_WEBHOOK_TIMED_OUT ? WORKER_TIMED_OUT : reason);
  return result == BG_WEBHOOK_TAKEN;
}

static int open_sink(const struct bg_agent_conf *conf, struct worker_sink *ret_sink) {
  static struct own own;
  if (conf->webhook.url[0] == '\0') {
    worker_complain("agent.conf: [webhook] url is not set");
    return WORKER_CONFIG;
  }
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
      bg_webhook_open(conf->webhook.url, conf->webhook.ca[0] != '\0' ? conf->webhook.ca : NULL,
                      &own.webhook) != BG_OK) {
    worker_complain("libcurl cannot be used");
    return WORKER_BROKEN;
  }
  *ret_sink = (struct worker_sink){.window = 1, .send = send_event, .check = check, .own = &own};
  return WORKER_DONE;
}

static int show_public(void) {
  const struct bg_paths *paths = bg_paths();
  char text[BG_EVENT_KEY_PUBLIC_SIZE];
  struct bg_event_key *key = NULL;
  enum bg_error err = bg_event_key_open(paths->event_key, paths->owner, &key);
  if (err != BG_OK) {
    worker_complain("%s: %s", paths->event_key, bg_strerror(err));
    return WORKER_BROKEN;
  }
  bg_event_key_public(key, text);
  bg_event_key_free(key);
  return puts(text) >= 0 && fflush(stdout) == 0 ? WORKER_DONE : WORKER_BROKEN;
}

int main(int argc, char **argv) {
  static const struct worker_program program = {
      .name = "breakglass-webhook",
      .usage = "usage: breakglass-webhook [--check | --public-key | --version]",
      .open = open_sink,
      .argument = "--public-key",
      .run = show_public,
  };
  return worker_main(argc, argv, &program);
}
