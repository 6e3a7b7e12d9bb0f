/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "answer.h"

#include <string.h>
#include <time.h>

#include "breakglass/text.h"
#include "cli.h"

int answer_is_nonsense(const struct service *service, const char *what) {
  return cli_failure("%s: the answer is none of a signing service (%s): is the url right, or does "
                     "something stand in between?",
                     service->settings.url, what);
}

/* What the sentence of the service cannot know. */
static int refuse(const struct service *service, const struct answer *answer, const char *code,
                  const char *detail) {
  char text[BG_FINGERPRINT_SIZE];
  if (strcmp(code, "unknown-key") == 0 && service->key != NULL) {
    bg_ssh_key_fingerprint(bg_signing_key_public(service->key), text);
    (void)cli_failure(
        "refused (%s): %s; your key is %s: choose another with --key, or have it named "
        "in the service's trusted_signers",
        code, detail, text);
  } else if (strcmp(code, "wrong-time") == 0 && answer->date > 0) {
    char distance[32];
    int64_t now = time(NULL);
    int64_t off = now > answer->date ? now - answer->date : answer->date - now;
    bg_format_duration(off, sizeof distance, distance);
    (void)cli_failure("refused (%s): %s; this machine's clock is %s %s the service's: set it right",
                      code, detail, distance, now > answer->date ? "ahead of" : "behind");
  } else if (strcmp(code, "bad-signature") == 0) {
    (void)cli_failure("refused (%s): %s; is the service's name \"%s\", as issuer in %s says?", code,
                      detail, service->settings.issuer, service->settings.file);
  } else {
    (void)cli_failure("refused (%s): %s", code, detail);
  }
  return CLI_REFUSED;
}

int answer_refused(const struct service *service, const struct answer *answer) {
  const char *url = service->settings.url;
  if (answer->status >= 300 && answer->status < 400) {
    return cli_failure("%s: the answer leads elsewhere (status %ld), which is not followed: write "
                       "the service's own address as url",
                       url, answer->status);
  }
  json_t *problem = strcmp(answer->type, "application/problem+json") == 0
                        ? json_read(bg_bytes(answer->body, answer->len))
                        : NULL;
  const char *code = json_text_of(problem, "code");
  const char *detail = json_text_of(problem, "detail");
  detail = detail != NULL ? detail : json_text_of(problem, "title");
  int result;
  if (code == NULL || detail == NULL) {
    result =
        cli_failure("%s: status %ld, but not in a signing service's words: is the url right, or "
                    "does something stand in between?",
                    url, answer->status);
  } else if (answer->status >= 500) {
    result = cli_failure("%s: the service cannot do this now (%s): %s", url, code, detail);
  } else {
    result = refuse(service, answer, code, detail);
  }
  json_decref(problem);
  return result;
}

json_t *answer_json(const struct service *service, const struct answer *answer) {
  json_t *root = strcmp(answer->type, "application/json") == 0
                     ? json_read(bg_bytes(answer->body, answer->len))
                     : NULL;
  if (!json_is_object(root) || !json_is_clean(root)) {
    (void)answer_is_nonsense(service, root == NULL ? "no JSON" : "not the JSON of this protocol");
    json_decref(root);
    return NULL;
  }
  return root;
}

int answer_fetch(struct service *service, const struct service_call *call, json_t **ret_root) {
  struct answer answer = {0};
  int result = service_perform(service, call, &answer);
  if (result != CLI_OK) {
    return result;
  }
  json_t *root = answer_json(service, &answer);
  answer_free(&answer);
  if (root == NULL) {
    return CLI_FAILED;
  }
  *ret_root = root;
  return CLI_OK;
}
