/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "issued.h"

#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "breakglass/token.h"
#include "cli.h"

static bool is_token(const char *text) {
  struct bg_token token;
  return text != NULL && bg_token_decode(text, &token) == BG_OK;
}

int issued_fetch(struct service *service, const char *id, struct issued *ret_issued) {
  char target[REQUEST_TARGET_SIZE];
  struct issued issued = {0};
  (void)snprintf(target, sizeof target, "/v1/requests/%s/token", id);
  const struct service_call call = {
      .method = "GET", .namespace = BG_NAMESPACE_READ, .target = target};
  int result = answer_fetch(service, &call, &issued.root);
  if (result != CLI_OK) {
    return result;
  }
  issued.token = json_text_of(issued.root, "token");
  issued.certificate = json_text_of(issued.root, "certificate");
  if (!is_token(issued.token)) {
    issued_free(&issued);
    return answer_is_nonsense(service, "no token");
  }
  *ret_issued = issued;
  return CLI_OK;
}

void issued_free(struct issued *issued) {
  json_decref(issued->root);
  *issued = (struct issued){0};
}

int issued_print(const struct issued *issued, bool json) {
  if (json) {
    (void)json_dumpf(issued->root, stdout, JSON_COMPACT);
    (void)puts("");
    return CLI_OK;
  }
  (void)puts(issued->token);
  if (issued->certificate != NULL) {
    (void)puts(issued->certificate);
  }
  return CLI_OK;
}
