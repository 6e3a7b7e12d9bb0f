/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "request_view.h"

#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "cli.h"

bool request_is_id(const char *text) {
  return strlen(text) == REQUEST_ID_SIZE - 1 &&
         strspn(text, "0123456789abcdef") == REQUEST_ID_SIZE - 1;
}

static bool is_state(const char *text) {
  return strcmp(text, "waiting") == 0 || strcmp(text, "issued") == 0 ||
         strcmp(text, "denied") == 0 || strcmp(text, "expired") == 0;
}

static bool are_texts(const json_t *array) {
  bool are = json_is_array(array);
  for (size_t i = 0; are && i < json_array_size(array); i++) {
    are = json_is_string(json_array_get(array, i));
  }
  return are;
}

static bool are_needs(const json_t *array) {
  bool are = json_is_array(array);
  for (size_t i = 0; are && i < json_array_size(array); i++) {
    const json_t *need = json_array_get(array, i);
    are = json_text_of(need, "group") != NULL && json_is_integer(json_object_get(need, "count")) &&
          json_is_integer(json_object_get(need, "have")) &&
          are_texts(json_object_get(need, "people"));
  }
  return are;
}

static bool are_approvals(const json_t *array) {
  bool are = json_is_array(array);
  for (size_t i = 0; are && i < json_array_size(array); i++) {
    const json_t *approval = json_array_get(array, i);
    are = json_text_of(approval, "by") != NULL && json_is_integer(json_object_get(approval, "at"));
  }
  return are;
}

static bool is_denial(const json_t *denial) {
  return json_text_of(denial, "by") != NULL && json_text_of(denial, "reason") != NULL;
}

static bool is_time(json_int_t time) {
  return time >= 0 && time <= BG_TIME_MAX;
}

static bool has_values(const struct request_view *view) {
  return request_is_id(view->id) && is_state(view->state) && are_texts(view->hosts) &&
         are_needs(view->waits_for) && are_approvals(view->approvals) && is_time(view->created) &&
         is_time(view->approve_by) && is_time(view->expires) && view->window > 0 &&
         view->window <= BG_TIME_MAX && view->longest > 0 && view->longest <= BG_TIME_MAX;
}

bool request_view_read(json_t *root, struct request_view *ret_view) {
  struct request_view view = {.root = root};
  json_t *denial = NULL;
  int wrong = json_unpack(
      root, "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o}",
      "id", &view.id, "state", &view.state, "subject", &view.subject, "for", &view.way, "login",
      &view.login, "reason", &view.reason, "rule", &view.rule, "window", &view.window, "max",
      &view.longest, "created", &view.created, "approve_by", &view.approve_by, "expires",
      &view.expires, "hosts", &view.hosts, "waits_for", &view.waits_for, "approvals",
      &view.approvals, "denial", &denial);
  if (wrong != 0 || !has_values(&view) || (!json_is_null(denial) && !is_denial(denial))) {
    json_decref(root);
    return false;
  }
  view.group = json_text_of(root, "group");
  view.level = json_text_of(root, "level");
  view.denial = json_is_null(denial) ? NULL : denial;
  *ret_view = view;
  return true;
}

int request_view_take(const struct service *service, struct answer *answer,
                      struct request_view *ret_view) {
  json_t *root = answer_json(service, answer);
  answer_free(answer);
  if (root == NULL) {
    return CLI_FAILED;
  }
  return request_view_read(root, ret_view) ? CLI_OK : answer_is_nonsense(service, "no request");
}

void request_view_free(struct request_view *view) {
  json_decref(view->root);
  *view = (struct request_view){0};
}

int request_view_fetch(struct service *service, const char *id, bool polls,
                       struct request_view *ret_view) {
  char target[REQUEST_TARGET_SIZE];
  struct answer answer = {0};
  struct request_view view = {0};
  if (polls) {
    (void)snprintf(target, sizeof target, "/v1/requests/%s?wait=%d", id, CLIENT_POLL_WAIT);
  } else {
    (void)snprintf(target, sizeof target, "/v1/requests/%s", id);
  }
  const struct service_call call = {
      .method = "GET", .namespace = BG_NAMESPACE_READ, .target = target, .polls = polls};
  int result = service_perform(service, &call, &answer);
  if (result == CLI_OK) {
    result = request_view_take(service, &answer, &view);
  }
  if (result == CLI_OK && strcmp(view.id, id) != 0) {
    request_view_free(&view);
    result = answer_is_nonsense(service, "another request than the one that was asked for");
  }
  if (result == CLI_OK) {
    *ret_view = view;
  }
  return result;
}
