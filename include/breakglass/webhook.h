/* SPDX-License-Identifier: BSD-2-Clause */
/* A receiver of events over HTTP: each is one POST, with the headers of Standard Webhooks
 * (https://www.standardwebhooks.com). TLS 1.2 or later with a certificate that is checked, no
 * redirect, no proxy. libcurl stays behind it. Reaches core. */
#ifndef BREAKGLASS_WEBHOOK_H
#define BREAKGLASS_WEBHOOK_H

#include "breakglass/buf.h"

#define BG_WEBHOOK_REASON_SIZE 320
#define BG_WEBHOOK_ID_MAX 64 /* bytes */

/* A receiver, and the connection to it, which is kept. For one thread at a time. */
struct bg_webhook;

/* url is https://, or http:// to this machine, judged before; ca a PEM file of the authorities that
 * count in place of the system's, or NULL. Both texts must stay. After curl_global_init().
 * BG_ERR_NOMEM. */
BG_MUST_USE enum bg_error bg_webhook_open(const char *url, const char *ca,
                                          struct bg_webhook **ret_webhook);
void bg_webhook_free(struct bg_webhook *webhook); /* takes NULL */

struct bg_webhook_message {
  const char *id;        /* visible ASCII, at most BG_WEBHOOK_ID_MAX */
  int64_t time;          /* of this attempt, Unix seconds: receivers refuse what is old */
  const char *signature; /* the value of webhook-signature; NULL: unsigned */
  struct bg_bytes body;  /* a CloudEvent in JSON */
};

enum bg_webhook_result { BG_WEBHOOK_TAKEN, BG_WEBHOOK_REFUSED, BG_WEBHOOK_TIMED_OUT };

/* Within 10 seconds, of which 5 to connect; sooner once `cancel` (-1: none) can be read. Taken by
 * an answer of 200 to 299; otherwise ret_reason says why not, without the URL's path. */
BG_MUST_USE enum bg_webhook_result bg_webhook_post(struct bg_webhook *webhook,
                                                   const struct bg_webhook_message *message,
                                                   int cancel,
                                                   char ret_reason[static BG_WEBHOOK_REASON_SIZE]);
/* Connects as that does, and sends nothing. */
BG_MUST_USE enum bg_webhook_result bg_webhook_connect(
    struct bg_webhook *webhook, int cancel, char ret_reason[static BG_WEBHOOK_REASON_SIZE]);

#endif
