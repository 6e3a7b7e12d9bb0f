/* SPDX-License-Identifier: BSD-2-Clause */
/* The shape of answers. Date and Content-Length are libmicrohttpd's. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "breakglass/json.h"
#include "server.h"

#define PROBLEM_MAX 2048

static bool add(struct MHD_Response *response, const char *name, const char *value) {
  return MHD_add_response_header(response, name, value) == MHD_YES;
}

struct MHD_Response *answer_make(const char *content_type, struct bg_bytes body) {
  void *copy = malloc(body.len > 0 ? body.len : 1);
  if (copy == NULL) {
    return NULL;
  }
  if (body.len > 0) {
    memcpy(copy, body.data, body.len);
  }
  struct MHD_Response *response =
      MHD_create_response_from_buffer(body.len, copy, MHD_RESPMEM_MUST_FREE);
  if (response == NULL) {
    free(copy);
    return NULL;
  }
  if (!add(response, "Content-Type", content_type) || !add(response, "Cache-Control", "no-store") ||
      !add(response, "X-Content-Type-Options", "nosniff")) {
    MHD_destroy_response(response);
    return NULL;
  }
  return response;
}

static void put_problem(struct bg_buf *buf, unsigned status, const char *code, const char *detail) {
  struct bg_json json = bg_json_writer(buf);
  bg_json_object(&json, NULL);
  bg_json_text(&json, "type", "about:blank");
  bg_json_text(&json, "title", MHD_get_reason_phrase_for(status));
  bg_json_int(&json, "status", (int64_t)status);
  bg_json_text(&json, "code", code);
  if (detail != NULL) {
    bg_json_text(&json, "detail", detail);
  }
  bg_json_end_object(&json);
}

struct MHD_Response *answer_problem(unsigned status, const char *code, const char *detail) {
  char storage[PROBLEM_MAX];
  struct bg_buf buf = BG_BUF(storage);
  put_problem(&buf, status, code, detail);
  if (buf.failed) { /* the detail is too long: the code says enough */
    buf = BG_BUF(storage);
    put_problem(&buf, status, code, NULL);
  }
  struct MHD_Response *response = answer_make("application/problem+json", bg_buf_view(&buf));
  /* RFC 9110: a 401 names the way to do better. */
  if (response != NULL && status == MHD_HTTP_UNAUTHORIZED &&
      !add(response, "WWW-Authenticate", "SSHSIG")) {
    MHD_destroy_response(response);
    return NULL;
  }
  return response;
}

/* Once it is given, the exchange may be gone at any moment. */
void exchange_give(struct http_exchange *exchange, unsigned status, struct MHD_Response *response,
                   size_t len) {
  struct http_server *server = exchange->server;
  (void)pthread_mutex_lock(&server->lock);
  bool second = exchange->answered;
  bool waits = exchange->suspended && !second;
  struct MHD_Connection *mhd = exchange->mhd;
  if (!second) {
    exchange->answered = true;
    exchange->suspended = false;
    exchange->status = status;
    exchange->answer_len = len;
    exchange->response = response;
  }
  (void)pthread_mutex_unlock(&server->lock);
  if (second && response != NULL) {
    MHD_destroy_response(response);
  }
  if (waits) {
    MHD_resume_connection(mhd);
  }
}

void http_answer(struct http_exchange *exchange, unsigned status, const char *content_type,
                 struct bg_bytes body) {
  exchange_give(exchange, status, answer_make(content_type, body), body.len);
}

void http_problem(struct http_exchange *exchange, unsigned status, const char *code,
                  const char *detail) {
  exchange_give(exchange, status, answer_problem(status, code, detail), 0);
}
