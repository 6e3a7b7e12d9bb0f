/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "breakglass/file.h"
#include "breakglass/paths.h"
#include "breakglass/policy.h"
#include "token_options.h"
#include "token_show.h"

#define JSON_SIZE 16384

struct verify_options {
  bool json;
  const char *config;
  const char *trusted;
  const char *revocations; /* a file; NULL: not given */
  struct bg_revocations list;
  struct bg_trusted_signers signers;
  char groups[BG_GROUPS_MAX][BG_NAME_SIZE];
  struct bg_ssh_key holder;
  uint8_t challenge[1][BG_NONCE_SIZE];
  struct bg_verify_request request;
};

static const struct option long_options[] = {{"json", no_argument, NULL, 'j'},
                                             {"config", required_argument, NULL, 'c'},
                                             {"trusted", required_argument, NULL, 't'},
                                             {"host", required_argument, NULL, 'i'},
                                             {"group", required_argument, NULL, 'g'},
                                             {"login", required_argument, NULL, 'l'},
                                             {"holder", required_argument, NULL, 'o'},
                                             {"address", required_argument, NULL, 'a'},
                                             {"at", required_argument, NULL, 'n'},
                                             {"booted-at", required_argument, NULL, 'b'},
                                             {"revocations", required_argument, NULL, 'r'},
                                             {"challenge", required_argument, NULL, 'q'},
                                             {0}};

static bool add_group(struct verify_options *options, const char *value) {
  if (options->request.group_count == BG_GROUPS_MAX) {
    (void)cli_usage_error("at most %d times --group", BG_GROUPS_MAX);
    return false;
  }
  return token_option_text("group", value, BG_NAME_SIZE,
                           options->groups[options->request.group_count++]);
}

static bool is_given(const char *option, const char *value) {
  if (value[0] == '\0') {
    (void)cli_usage_error("--%s must not be empty", option);
  }
  return value[0] != '\0';
}

static bool set_address(struct verify_options *options, const char *value) {
  uint8_t address[16];
  if (bg_parse_address(bg_bytes_of(value), address) != BG_OK) {
    (void)cli_usage_error("--address %s is no numeric IP address", value);
    return false;
  }
  options->request.address = value;
  return true;
}

static bool set_option(struct verify_options *options, int option, const char *value) {
  struct bg_verify_request *request = &options->request;
  switch (option) {
  case 'j':
    options->json = true;
    return true;
  case 'c':
    options->config = value;
    return true;
  case 't':
    options->trusted = value;
    return true;
  case 'r':
    options->revocations = value;
    return true;
  case 'i':
    request->host_id = value;
    return is_given("host", value);
  case 'g':
    return add_group(options, value);
  case 'l':
    request->login = value;
    return is_given("login", value);
  case 'o':
    request->holder = &options->holder;
    return token_option_public_key("holder", value, &options->holder);
  case 'a':
    return set_address(options, value);
  case 'n':
    return token_option_time("at", value, &request->now);
  case 'b':
    return token_option_time("booted-at", value, &request->epoch);
  case 'q':
    request->challenge_count = 1;
    return token_option_hex("challenge", value, BG_NONCE_SIZE, options->challenge[0]);
  default:
    return false;
  }
}

static void show_conf_problem(void *context, const struct bg_conf_problem *problem) {
  (void)context;
  if (problem->line > 0) {
    (void)cli_usage_error("%s:%u: %s", problem->file, problem->line, problem->text);
  } else {
    (void)cli_usage_error("%s: %s", problem->file, problem->text);
  }
}

static void show_trusted_problem(void *context, const struct bg_file_problem *problem) {
  (void)cli_usage_error("%s:%u: %s", (const char *)context, problem->line, problem->text);
}

static enum bg_error load_signers(const char *path, struct bg_trusted_signers *signers) {
  void *context = (void *)(uintptr_t)path;
  enum bg_error err =
      bg_trusted_signers_load(path, geteuid(), show_trusted_problem, context, signers);
  return err == BG_OK ? bg_trusted_signers_check(signers, show_trusted_problem, context) : err;
}

static int accepted_json(const struct bg_verdict *verdict) {
  char text[JSON_SIZE];
  struct bg_buf buf = BG_BUF(text);
  struct bg_json json = bg_json_writer(&buf);
  bg_json_object(&json, NULL);
  bg_json_bool(&json, "accepted", true);
  token_json_claims(&json, &verdict->claims);
  bg_json_array(&json, "signers");
  for (size_t i = 0; i < verdict->signer_count; i++) {
    bg_json_object(&json, NULL);
    bg_json_text(&json, "principal", verdict->signers[i].principal);
    bg_json_text(&json, "role", verdict->signers[i].role == BG_ROLE_ISSUER ? "issuer" : "approver");
    bg_json_end_object(&json);
  }
  bg_json_end_array(&json);
  bg_json_end_object(&json);
  bg_buf_put_byte(&buf, '\0');
  return buf.failed ? cli_failure("this token is too large to be shown") : token_print(text);
}

static int decide(const struct verify_options *options) {
  struct bg_verdict verdict;
  enum bg_error err = bg_verify(&options->request, &verdict);
  if (bg_refusal_code(err) != NULL) {
    return token_refused(err, options->json ? "accepted" : NULL);
  }
  if (err != BG_OK) {
    return cli_failure("%s", bg_strerror(err));
  }
  return options->json ? accepted_json(&verdict) : token_print("accepted");
}

static const struct bg_revocations *given_list(void *context) {
  const struct verify_options *options = context;
  return &options->list;
}

/* Without a list that is not judged, whatever the policy wants: the host may have one. */
static int decide_by_list(struct verify_options *options, struct bg_policy *policy) {
  struct bg_file file = {0};
  if (options->revocations == NULL) {
    policy->token.revocations_required = false;
    return decide(options);
  }
  enum bg_error err = bg_file_read(options->revocations, geteuid(), BG_REVOCATIONS_MAX, &file);
  if (err == BG_OK) {
    err = bg_revocations_parse(bg_bytes(file.data, file.len), &options->list);
  }
  if (err == BG_OK) {
    err = bg_revocations_verify(&options->list, options->request.signers);
  }
  options->request.revocations = given_list;
  options->request.context = options;
  int result = err == BG_OK ? decide(options)
                            : cli_usage_error("%s: %s", options->revocations, bg_strerror(err));
  bg_file_free(&file);
  return result;
}

static int load_and_decide(struct verify_options *options) {
  struct bg_policy *policy = NULL;
  int result = CLI_USAGE;
  if (options->config != NULL && access(options->config, R_OK) != 0) {
    return cli_usage_error("%s: %s", options->config, strerror(errno));
  }
  enum bg_error err = bg_policy_load(options->config, show_conf_problem, NULL, &policy);
  if (err != BG_OK) {
    (void)cli_usage_error("the gate's policy cannot be used%s",
                          options->config == NULL ? "; breakglass policy check says more" : "");
    goto out;
  }
  err = load_signers(options->trusted, &options->signers);
  if (err != BG_OK) {
    (void)cli_usage_error("%s: %s", options->trusted, bg_strerror(err));
    goto out;
  }
  options->request.policy = &policy->token;
  options->request.signers = &options->signers;
  result = decide_by_list(options, policy);
out:
  bg_trusted_signers_free(&options->signers);
  free(policy);
  return result;
}

int cli_token_verify(int argc, char **argv) {
  struct verify_options options = {.request.now = time(NULL)};
  char text[TOKEN_ARGUMENT_SIZE];
  for (int option; (option = cli_option(argc, argv, long_options)) != -1;) {
    if (!set_option(&options, option, optarg)) {
      return CLI_USAGE;
    }
  }
  if (options.request.host_id == NULL || options.request.login == NULL) {
    return cli_usage_error("verify needs --host and --login; --help shows all");
  }
  if (!token_argument(argc, argv, text)) {
    return CLI_USAGE;
  }
  if (options.trusted == NULL) {
    options.trusted = bg_paths()->trusted_signers;
  }
  options.request.token = text;
  options.request.groups = options.groups;
  options.request.challenges = options.challenge;
  return load_and_decide(&options);
}
