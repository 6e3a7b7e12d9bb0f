/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "client.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client_parts.h"

struct client *client_new(const struct settings *settings) {
  struct client *client = calloc(1, sizeof *client);
  if (client == NULL || (client->curl = curl_easy_init()) == NULL) {
    free(client);
    return NULL;
  }
  client->settings = settings;
  bool is_local = strncmp(settings->url, "unix:", 5) == 0;
  (void)snprintf(client->base, sizeof client->base, "%s",
                 is_local ? "http://localhost" : settings->url);
  size_t len = strlen(client->base);
  if (client->base[len - 1] == '/') {
    client->base[len - 1] = '\0';
  }
  return client;
}

void client_free(struct client *client) {
  if (client != NULL) {
    curl_easy_cleanup(client->curl);
    free(client);
  }
}

void client_on_tick(struct client *client, void (*tick)(void *context), void *context) {
  client->tick = tick;
  client->tick_context = context;
}

void answer_free(struct answer *answer) {
  free(answer->body);
  *answer = (struct answer){0};
}

/* Refuses what is beyond the maximum, so that curl ends the transfer. */
static size_t take(char *data, size_t size, size_t count, void *context) {
  struct answer *answer = context;
  size_t more = size * count;
  if (more > CLIENT_ANSWER_MAX - answer->len) {
    return 0;
  }
  uint8_t *body = realloc(answer->body, answer->len + more + 1);
  if (body == NULL) {
    return 0;
  }
  memcpy(body + answer->len, data, more);
  answer->body = body;
  answer->len += more;
  body[answer->len] = '\0';
  return more;
}

static int on_progress(void *context, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                       curl_off_t up) {
  const struct client *client = context;
  (void)down_total;
  (void)down;
  (void)up_total;
  (void)up;
  if (client->tick != NULL) {
    client->tick(client->tick_context);
  }
  return 0;
}

/* Only options with which a failure to set them may not be overlooked. */
static CURLcode set_trust(const struct client *client) {
  CURL *curl = client->curl;
  const struct settings *settings = client->settings;
  CURLcode code = curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  if (code == CURLE_OK) {
    code = curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  }
  if (code == CURLE_OK) {
    code = curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  }
  if (code == CURLE_OK) {
    code = curl_easy_setopt(curl, CURLOPT_PROXY, "");
  }
  if (code == CURLE_OK && strncmp(settings->url, "unix:", 5) == 0) {
    code = curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, settings->url + 5);
    return code == CURLE_OK ? curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http") : code;
  }
  if (code == CURLE_OK) {
    code = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
  }
  if (code == CURLE_OK && settings->ca[0] != '\0') { /* this file, and not the system's beside it */
    code = curl_easy_setopt(curl, CURLOPT_CAINFO, settings->ca);
    (void)curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
  }
  return code;
}

static void set_call(struct client *client, const struct client_call *call, struct answer *answer) {
  CURL *curl = client->curl;
  char url[SETTINGS_PATH_SIZE + 600];
  (void)snprintf(url, sizeof url, "%s%s", client->base, call->target);
  client->seconds = call->polls ? CLIENT_POLL_SECONDS : CLIENT_SECONDS;
  client->error[0] = '\0';
  (void)curl_easy_setopt(curl, CURLOPT_URL, url);
  (void)curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  (void)curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  (void)curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CLIENT_CONNECT_SECONDS);
  (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT, client->seconds);
  (void)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, client->error);
  (void)curl_easy_setopt(curl, CURLOPT_USERAGENT, PACKAGE_NAME "/" PACKAGE_VERSION);
  (void)curl_easy_setopt(curl, CURLOPT_MAXFILESIZE, (long)CLIENT_ANSWER_MAX);
  (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
  (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
  (void)curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  (void)curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
  (void)curl_easy_setopt(curl, CURLOPT_XFERINFODATA, client);
  if (strcmp(call->method, "POST") == 0) {
    /* On a connection that was used before, curl would send it twice by itself: the same nonce. */
    (void)curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)call->body.len);
    (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, (const char *)call->body.data);
  }
}

static struct curl_slist *add_header(struct curl_slist *list, const char *name, const char *value) {
  char line[4096];
  (void)snprintf(line, sizeof line, "%s: %s", name, value);
  struct curl_slist *longer = curl_slist_append(list, line);
  return longer != NULL ? longer : list; /* the service refuses a call without it */
}

static struct curl_slist *make_headers(const struct client_call *call) {
  struct curl_slist *list = curl_slist_append(NULL, "Expect:"); /* no waiting for 100 Continue */
  if (call->body.len > 0) {
    list = add_header(list, "Content-Type", "application/json");
  }
  if (call->authorization != NULL) {
    list = add_header(list, "Authorization", call->authorization);
  }
  if (call->idempotency_key != NULL) {
    list = add_header(list, "Idempotency-Key", call->idempotency_key);
  }
  return list;
}

static void read_head(CURL *curl, struct answer *answer) {
  const char *type = NULL;
  struct curl_header *date = NULL;
  (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->status);
  (void)curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
  if (type != NULL) {
    (void)snprintf(answer->type, sizeof answer->type, "%.*s", (int)strcspn(type, "; "), type);
  }
  if (curl_easy_header(curl, "Date", 0, CURLH_HEADER, -1, &date) == CURLHE_OK) {
    time_t when = curl_getdate(date->value, NULL);
    answer->date = when > 0 ? when : 0;
  }
}

static bool is_broken(CURLcode code) {
  return code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR ||
         code == CURLE_PARTIAL_FILE;
}

enum client_result client_perform(struct client *client, const struct client_call *call,
                                  struct answer *ret_answer) {
  struct answer answer = {0};
  curl_easy_reset(client->curl); /* keeps the connection */
  set_call(client, call, &answer);
  struct curl_slist *headers = make_headers(call);
  (void)curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, headers);
  client->code = set_trust(client);
  if (client->code == CURLE_OK) {
    client->code = curl_easy_perform(client->curl);
  }
  curl_slist_free_all(headers);
  if (client->code != CURLE_OK) {
    (void)curl_easy_getinfo(client->curl, CURLINFO_OS_ERRNO, &client->os_error);
    (void)curl_easy_getinfo(client->curl, CURLINFO_PRETRANSFER_TIME_T, &client->connected);
    answer_free(&answer);
    return is_broken(client->code) ? CLIENT_BROKEN : CLIENT_FAILED;
  }
  read_head(client->curl, &answer);
  *ret_answer = answer;
  return CLIENT_ANSWERED;
}
