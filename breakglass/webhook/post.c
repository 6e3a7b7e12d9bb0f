/* SPDX-License-Identifier: BSD-2-Clause */
/* A POST of each event, by libcurl. */
#include <config.h>

#include "breakglass/webhook.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_SECONDS 5L
#define SECONDS 10L
#define ANSWER_MAX 65536L /* nobody reads it */

struct bg_webhook {
  CURL *curl; /* keeps the connection */
  const char *url;
  const char *ca; /* NULL: the system's */
};

static size_t forget(char *data, size_t size, size_t count, void *context) {
  size_t *taken = context;
  (void)data;
  *taken += size * count;
  return *taken <= ANSWER_MAX ? size * count : 0;
}

static int end_if_cancelled(void *context, curl_off_t down_total, curl_off_t down,
                            curl_off_t up_total, curl_off_t up) {
  struct pollfd cancel = {.fd = *(const int *)context, .events = POLLIN};
  (void)down_total, (void)down, (void)up_total, (void)up;
  return poll(&cancel, 1, 0) > 0;
}

/* Options with which a failure to set them may not be overlooked. */
static CURLcode set_trust(const struct bg_webhook *webhook) {
  CURL *curl = webhook->curl;
  const bool plain = strncmp(webhook->url, "http://", 7) == 0; /* to this machine, it was judged */
  CURLcode code = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, plain ? "http" : "https");
  if (code == CURLE_OK) {
    code = curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  }
  if (code == CURLE_OK) {
    code = curl_easy_setopt(curl, CURLOPT_PROXY, "");
  }
  if (code == CURLE_OK) {
    code = curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  }
  if (code == CURLE_OK) {
    code = curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  }
  if (code == CURLE_OK) {
    code = curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  }
  if (code == CURLE_OK && webhook->ca != NULL) { /* this file, and not the system's beside it */
    code = curl_easy_setopt(curl, CURLOPT_CAINFO, webhook->ca);
  }
  if (code == CURLE_OK && webhook->ca != NULL) {
    code = curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
  }
  return code;
}

struct transfer { /* lives as long as it does */
  struct curl_slist *headers;
  size_t taken;
  int cancel;
  char error[CURL_ERROR_SIZE];
};

static void set_transfer(const struct bg_webhook *webhook, struct transfer *transfer) {
  CURL *curl = webhook->curl;
  (void)curl_easy_setopt(curl, CURLOPT_URL, webhook->url);
  (void)curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  (void)curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L); /* waits for no resolver at the stop */
  (void)curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
  (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT, SECONDS);
  (void)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer->error);
  (void)curl_easy_setopt(curl, CURLOPT_USERAGENT, PACKAGE_NAME "/" PACKAGE_VERSION);
  (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, forget);
  (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer->taken);
  (void)curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  (void)curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, end_if_cancelled);
  (void)curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer->cancel);
}

static void set_body(const struct bg_webhook *webhook, const struct transfer *transfer,
                     struct bg_bytes body) {
  CURL *curl = webhook->curl;
  (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, transfer->headers);
  (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)body.len);
  (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, (const char *)body.data);
}

static bool add(struct curl_slist **list, const char *line) {
  struct curl_slist *longer = curl_slist_append(*list, line);
  *list = longer != NULL ? longer : *list;
  return longer != NULL;
}

static bool make_headers(const struct bg_webhook_message *message, struct curl_slist **list) {
  char line[160];
  bool done = add(list, "Expect:") && /* no waiting for 100 Continue */
              add(list, "Content-Type: application/cloudevents+json; charset=utf-8");
  (void)snprintf(line, sizeof line, "webhook-id: %s", message->id);
  done = done && add(list, line);
  (void)snprintf(line, sizeof line, "webhook-timestamp: %" PRId64, message->time);
  done = done && add(list, line);
  if (message->signature != NULL) {
    (void)snprintf(line, sizeof line, "webhook-signature: %s", message->signature);
    done = done && add(list, line);
  }
  return done;
}

static enum bg_webhook_result refuse(char *ret_reason, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static enum bg_webhook_result refuse(char *ret_reason, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(ret_reason, BG_WEBHOOK_REASON_SIZE, format, arguments);
  va_end(arguments);
  return BG_WEBHOOK_REFUSED;
}

/* What is the same each time: the longer words of these say how many ms it took. */
static bool is_said_shortly(CURLcode code) {
  return code == CURLE_OPERATION_TIMEDOUT || code == CURLE_COULDNT_CONNECT;
}

/* Not libcurl's words where they repeat the URL, whose path may be a secret. */
static enum bg_webhook_result explain(const struct transfer *transfer, CURLcode code,
                                      char *ret_reason) {
  (void)refuse(ret_reason, "%s",
               transfer->error[0] != '\0' && !is_said_shortly(code) ? transfer->error
                                                                    : curl_easy_strerror(code));
  return code == CURLE_OPERATION_TIMEDOUT ? BG_WEBHOOK_TIMED_OUT : BG_WEBHOOK_REFUSED;
}

static enum bg_webhook_result judge(const struct bg_webhook *webhook,
                                    const struct transfer *transfer, CURLcode code,
                                    char *ret_reason) {
  long status = 0;
  if (code != CURLE_OK && code != CURLE_WRITE_ERROR) {
    return explain(transfer, code, ret_reason);
  }
  (void)curl_easy_getinfo(webhook->curl, CURLINFO_RESPONSE_CODE, &status);
  return status >= 200 && status <= 299 ? BG_WEBHOOK_TAKEN
                                        : refuse(ret_reason, "it answered %ld", status);
}

static CURLcode perform(const struct bg_webhook *webhook) {
  CURLcode code = set_trust(webhook);
  return code == CURLE_OK ? curl_easy_perform(webhook->curl) : code;
}

enum bg_webhook_result bg_webhook_post(struct bg_webhook *webhook,
                                       const struct bg_webhook_message *message, int cancel,
                                       char ret_reason[static BG_WEBHOOK_REASON_SIZE]) {
  struct transfer transfer = {.cancel = cancel};
  curl_easy_reset(webhook->curl); /* keeps the connection */
  if (!make_headers(message, &transfer.headers)) {
    curl_slist_free_all(transfer.headers);
    return refuse(ret_reason, "out of memory");
  }
  set_transfer(webhook, &transfer);
  set_body(webhook, &transfer, message->body);
  enum bg_webhook_result result = judge(webhook, &transfer, perform(webhook), ret_reason);
  curl_easy_reset(webhook->curl); /* points to nothing that ends here */
  curl_slist_free_all(transfer.headers);
  return result;
}

enum bg_webhook_result bg_webhook_connect(struct bg_webhook *webhook, int cancel,
                                          char ret_reason[static BG_WEBHOOK_REASON_SIZE]) {
  struct transfer transfer = {.cancel = cancel};
  curl_easy_reset(webhook->curl);
  set_transfer(webhook, &transfer);
  CURLcode code = curl_easy_setopt(webhook->curl, CURLOPT_CONNECT_ONLY, 1L);
  if (code == CURLE_OK) {
    code = perform(webhook);
  }
  curl_easy_reset(webhook->curl);
  return code == CURLE_OK ? BG_WEBHOOK_TAKEN : explain(&transfer, code, ret_reason);
}

void bg_webhook_free(struct bg_webhook *webhook) {
  if (webhook != NULL) {
    curl_easy_cleanup(webhook->curl);
    free(webhook);
  }
}

enum bg_error bg_webhook_open(const char *url, const char *ca, struct bg_webhook **ret_webhook) {
  struct bg_webhook *webhook = calloc(1, sizeof *webhook);
  if (webhook == NULL) {
    return BG_ERR_NOMEM;
  }
  *webhook = (struct bg_webhook){.curl = curl_easy_init(), .url = url, .ca = ca};
  if (webhook->curl == NULL) {
    bg_webhook_free(webhook);
    return BG_ERR_NOMEM;
  }
  *ret_webhook = webhook;
  return BG_OK;
}
