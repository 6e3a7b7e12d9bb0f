/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass approve: signs a token that somebody has asked for, after looking at it. */
#include <config.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "answer.h"
#include "breakglass/json.h"
#include "confirm.h"
#include "draft_show.h"
#include "progress.h"
#include "remote.h"
#include "request_argument.h"
#include "request_view.h"
#include "token_options.h"

#define BODY_SIZE 1024

struct approve_options {
  struct settings_options settings;
  bool yes;
};

static const struct option long_options[] = {SERVICE_OPTIONS, {"yes", no_argument, NULL, 'y'}, {0}};

static void on_problem(void *context, const struct bg_file_problem *problem) {
  (void)cli_usage_error("%s:%u: %s", (const char *)context, problem->line, problem->text);
}

static int load_trusted(struct settings *settings, struct bg_trusted_signers *ret_trusted) {
  char *path = settings->trusted_signers;
  if (*path == '\0') {
    return cli_usage_error(
        "%s lacks [service] trusted_signers: your own file of those who may ask, "
        "by which approve checks what the service says",
        settings->file);
  }
  enum bg_error err = bg_trusted_signers_load(path, geteuid(), on_problem, path, ret_trusted);
  if (err == BG_OK) {
    err = bg_trusted_signers_check(ret_trusted, on_problem, path);
  }
  if (err == BG_ERR_UNSAFE) {
    return cli_usage_error("%s must be a plain file of your own that nobody else can write", path);
  }
  return err == BG_OK ? CLI_OK : cli_usage_error("%s: %s", path, bg_strerror(err));
}

static int fetch_draft(struct service *service, const char *id, struct draft *ret_draft) {
  char target[REQUEST_TARGET_SIZE];
  (void)snprintf(target, sizeof target, "/v1/requests/%s/draft", id);
  const struct service_call call = {
      .method = "GET", .namespace = BG_NAMESPACE_READ, .target = target};
  json_t *root = NULL;
  int result = answer_fetch(service, &call, &root);
  if (result != CLI_OK) {
    return result;
  }
  return draft_read(root, ret_draft) == BG_OK ? CLI_OK : answer_is_nonsense(service, "no draft");
}

static int judge_draft(const struct service *service, const struct bg_trusted_signers *trusted,
                       const char *id, struct draft *draft) {
  struct bg_ask_problem problem = {0};
  const struct draft_judge judge = {.id = id,
                                    .issuer = service->settings.issuer,
                                    .trusted = trusted,
                                    .approver = bg_signing_key_public(service->key),
                                    .longest_wait = service->settings.longest_wait,
                                    .now = time(NULL)};
  if (draft_judge(draft, &judge, &problem) != BG_OK) {
    (void)cli_failure("this draft is not approved: %s", problem.text);
    return CLI_REFUSED;
  }
  return CLI_OK;
}

static void show(FILE *out, const void *draft) {
  draft_show(out, draft, time(NULL));
}

/* What the requester has signed says all of it, but for a group's hosts and a level that was
 * raised: those the service has chosen. */
static bool says_all(const struct draft *draft) {
  return draft->ask.host_count > 0 && draft->claims.level == draft->ask.level;
}

static int show_only(const struct draft *draft) {
  show(stderr, draft);
  if (fflush(stderr) != 0 || ferror(stderr)) {
    return cli_failure("standard error cannot be written: %s", strerror(errno));
  }
  if (!says_all(draft)) {
    (void)cli_failure(
        "the service has chosen its hosts or its level: somebody has to look at them, "
        "so approve it without --yes");
    return CLI_REFUSED;
  }
  return CLI_OK;
}

/* Nothing is signed that was not seen. */
static int show_and_ask(const struct draft *draft, bool yes) {
  if (yes) {
    return show_only(draft);
  }
  enum confirm answer = confirm_ask(show, draft, "Approve?");
  if (answer == CONFIRM_NOBODY) {
    return cli_usage_error("there is no terminal to ask on: approve --yes approves without asking");
  }
  return answer == CONFIRM_YES ? CLI_OK : cli_failure("nothing was signed");
}

static int sign(const struct service *service, const struct draft *draft, struct bg_buf *body) {
  uint8_t value[BG_SIGNATURE_MAX];
  size_t len = 0;
  char line[BG_SIGNER_LINE_SIZE] = "";
  char text[BG_SIGNATURE_TEXT_SIZE] = "";
  struct bg_buf key = BG_BUF(line);
  struct bg_buf signature = BG_BUF(text);
  enum bg_error err = bg_sign_claims(service->key, draft->payload, value, &len);
  if (err != BG_OK) {
    return token_sign_error(err, "reason");
  }
  bg_ssh_key_put_line(bg_signing_key_public(service->key), &key);
  bg_put_base64(&signature, bg_bytes(value, len), BG_BASE64URL);
  struct bg_json json = bg_json_writer(body);
  bg_json_object(&json, NULL);
  bg_json_text(&json, "key", line);
  bg_json_text(&json, "signature", text);
  bg_json_end_object(&json);
  return body->failed || key.failed || signature.failed
             ? cli_failure("%s", bg_strerror(BG_ERR_TOO_LARGE))
             : CLI_OK;
}

static int post(struct service *service, const char *id, struct bg_bytes body) {
  char target[REQUEST_TARGET_SIZE];
  char whom[PROGRESS_SIZE];
  struct answer answer = {0};
  struct request_view view = {0};
  (void)snprintf(target, sizeof target, "/v1/requests/%s/approvals", id);
  const struct service_call call = {.method = "POST", .target = target, .body = body};
  int result = service_perform(service, &call, &answer);
  if (result == CLI_OK) {
    result = request_view_take(service, &answer, &view);
  }
  if (result == CLI_OK && strcmp(view.state, "waiting") == 0) {
    progress_whom(&view, whom);
    (void)printf("approved; %s\n", whom);
  } else if (result == CLI_OK) {
    (void)printf("approved; the token is %s\n", view.state);
  }
  request_view_free(&view);
  return result;
}

static int approve(struct service *service, const char *id, bool yes) {
  char storage[BODY_SIZE];
  struct bg_buf body = BG_BUF(storage);
  struct bg_trusted_signers trusted = {0};
  struct draft draft = {0};
  int result = load_trusted(&service->settings, &trusted);
  if (result == CLI_OK) {
    result = fetch_draft(service, id, &draft);
  }
  if (result == CLI_OK) {
    result = judge_draft(service, &trusted, id, &draft);
  }
  if (result == CLI_OK) {
    result = show_and_ask(&draft, yes);
  }
  if (result == CLI_OK) {
    result = sign(service, &draft, &body);
  }
  if (result == CLI_OK) {
    result = post(service, id, bg_buf_view(&body));
  }
  draft_free(&draft);
  bg_trusted_signers_free(&trusted);
  return result;
}

int remote_approve(int argc, char **argv) {
  struct approve_options options = {0};
  struct service service;
  for (int option; (option = cli_option(argc, argv, long_options)) != -1;) {
    if (option == 'y') {
      options.yes = true;
    } else if (!service_option(&options.settings, option, optarg)) {
      return CLI_USAGE;
    }
  }
  const char *id = request_argument(argc, argv);
  if (id == NULL) {
    return CLI_USAGE;
  }
  int result = service_open(&options.settings, &service);
  if (result == CLI_OK) {
    result = approve(&service, id, options.yes);
  }
  service_close(&service);
  return result;
}
