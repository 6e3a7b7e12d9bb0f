/* SPDX-License-Identifier: BSD-2-Clause */
/* A POST of each event. */
#include <config.h>

#include "sink.h"

#include <stdlib.h>

#include "breakglass/host_clock.h"
#include "breakglass/webhook.h"
#include "webhook_signature.h"

_Static_assert(SINK_REASON_SIZE >= BG_WEBHOOK_REASON_SIZE, "reasons are passed on");
_Static_assert(LEASE_EVENT_ID_SIZE <= BG_WEBHOOK_ID_MAX, "ids are passed on");

struct own {
  struct bg_webhook *webhook;
  struct webhook_secret *secret; /* NULL: unsigned */
};

static bool deliver(struct sink *sink, const struct lease_event *event, int cancel,
                    char ret_reason[static SINK_REASON_SIZE]) {
  const struct own *own = sink->own;
  char signature[WEBHOOK_SIGNATURE_SIZE];
  struct bg_webhook_message message = {
      .id = event->id, .time = bg_clock_now(), .body = event->text};
  if (own->secret != NULL) {
    webhook_sign(own->secret, event->id, message.time, event->text, signature);
    message.signature = signature;
  }
  return bg_webhook_post(own->webhook, &message, cancel, ret_reason) == BG_WEBHOOK_TAKEN;
}

static void free_own(void *context) {
  struct own *own = context;
  bg_webhook_free(own->webhook);
  webhook_secret_free(own->secret);
  free(own);
}

enum bg_error sink_webhook_open(const char *url, const char *ca, struct bg_bytes secret,
                                struct sink *ret_sink) {
  struct own *own = calloc(1, sizeof *own);
  if (own == NULL) {
    return BG_ERR_NOMEM;
  }
  enum bg_error err = bg_webhook_open(url, ca, &own->webhook);
  if (err == BG_OK && secret.len > 0) {
    err = webhook_secret_new(secret, &own->secret);
  }
  if (err != BG_OK) {
    free_own(own);
    return err;
  }
  *ret_sink = (struct sink){.name = "webhook", .deliver = deliver, .free = free_own, .own = own};
  return BG_OK;
}
