/* SPDX-License-Identifier: BSD-2-Clause */
/* A POST of each event, by libcurl. */
#include <config.h>

#include "sink.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/host_clock.h"
#include "webhook_signature.h"

#define CONNECT_SECONDS 5L
#define SECONDS 10L
#define ANSWER_MAX 65536L /* nobody reads it */

struct own {
  CURL *curl; /* keeps the connection */
  const char *url;
  const char *ca;                /* NULL: the system's */
  struct webhook_secret *secret; /* NULL: unsigned */
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
static CURLcode set_trust(const struct own *own) {
  CURL *curl = own->curl;
  const bool plain = strncmp(own->url, "http://", 7) == 0; /* to this machine, says signer.conf */
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
  if (code == CURLE_OK && own->ca != NULL) { /* this file, and not the system's beside it */
    code = curl_easy_setopt(curl, CURLOPT_CAINFO, own->ca);
  }
  if (code == CURLE_OK && own->ca != NULL) {
    code = curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
  }
  return code;
}

struct post { /* lives as long as the transfer */
  struct curl_slist *headers;
  size_t taken;
  int cancel;
  char error[CURL_ERROR_SIZE];
};

static void set_post(const struct own *own, const struct lease_event *event, struct post *post) {
  CURL *curl = own->curl;
  (void)curl_easy_setopt(curl, CURLOPT_URL, own->url);
  (void)curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  (void)curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L); /* waits for no resolver at the stop */
  (void)curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
  (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT, SECONDS);
  (void)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, post->error);
  (void)curl_easy_setopt(curl, CURLOPT_USERAGENT, PACKAGE_NAME "/" PACKAGE_VERSION);
  (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, forget);
  (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, &post->taken);
  (void)curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  (void)curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, end_if_cancelled);
  (void)curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &post->cancel);
  (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, post->headers);
  (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)event->text.len);
  (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, (const char *)event->text.data);
}

static bool add(struct curl_slist **list, const char *line) {
  struct curl_slist *longer = curl_slist_append(*list, line);
  *list = longer != NULL ? longer : *list;
  return longer != NULL;
}

/* Each attempt says its own time: receivers refuse what is old. */
static bool make_headers(const struct own *own, const struct lease_event *event,
                         struct curl_slist **list) {
  char signature[WEBHOOK_SIGNATURE_SIZE];
  char lines[3][96];
  const int64_t now = bg_clock_now();
  (void)snprintf(lines[0], sizeof lines[0], "webhook-id: %s", event->id);
  (void)snprintf(lines[1], sizeof lines[1], "webhook-timestamp: %" PRId64, now);
  bool done = add(list, "Expect:") && /* no waiting for 100 Continue */
              add(list, "Content-Type: application/cloudevents+json; charset=utf-8") &&
              add(list, lines[0]) && add(list, lines[1]);
  if (done && own->secret != NULL) {
    webhook_sign(own->secret, event->id, now, event->text, signature);
    (void)snprintf(lines[2], sizeof lines[2], "webhook-signature: %s", signature);
    done = add(list, lines[2]);
  }
  return done;
}

static bool refuse(char *ret_reason, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool refuse(char *ret_reason, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(ret_reason, SINK_REASON_SIZE, format, arguments);
  va_end(arguments);
  return false;
}

/* What is the same each time: the longer words of these say how many ms it took. */
static bool is_said_shortly(CURLcode code) {
  return code == CURLE_OPERATION_TIMEDOUT || code == CURLE_COULDNT_CONNECT;
}

/* Not libcurl's words where they repeat the URL, whose path may be a secret. */
static bool judge(const struct own *own, const struct post *post, CURLcode code, char *ret_reason) {
  long status = 0;
  if (code != CURLE_OK && code != CURLE_WRITE_ERROR) {
    return refuse(ret_reason, "%s",
                  post->error[0] != '\0' && !is_said_shortly(code) ? post->error
                                                                   : curl_easy_strerror(code));
  }
  (void)curl_easy_getinfo(own->curl, CURLINFO_RESPONSE_CODE, &status);
  return (status >= 200 && status <= 299) || refuse(ret_reason, "it answered %ld", status);
}

static bool deliver(struct sink *sink, const struct lease_event *event, int cancel,
                    char ret_reason[static SINK_REASON_SIZE]) {
  const struct own *own = sink->own;
  struct post post = {.cancel = cancel};
  curl_easy_reset(own->curl); /* keeps the connection */
  if (!make_headers(own, event, &post.headers)) {
    curl_slist_free_all(post.headers);
    return refuse(ret_reason, "out of memory");
  }
  set_post(own, event, &post);
  CURLcode code = set_trust(own);
  if (code == CURLE_OK) {
    code = curl_easy_perform(own->curl);
  }
  bool taken = judge(own, &post, code, ret_reason);
  curl_easy_reset(own->curl); /* points to nothing that ends here */
  curl_slist_free_all(post.headers);
  return taken;
}

static void free_own(void *context) {
  struct own *own = context;
  curl_easy_cleanup(own->curl);
  webhook_secret_free(own->secret);
  free(own);
}

enum bg_error sink_webhook_open(const char *url, const char *ca, struct bg_bytes secret,
                                struct sink *ret_sink) {
  struct own *own = calloc(1, sizeof *own);
  if (own == NULL) {
    return BG_ERR_NOMEM;
  }
  own->url = url;
  own->ca = ca;
  own->curl = curl_easy_init();
  enum bg_error err = own->curl != NULL ? BG_OK : BG_ERR_NOMEM;
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
