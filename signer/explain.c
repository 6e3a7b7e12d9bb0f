/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass-signer explain: what the rules would say to a request, without making one. */
#include <config.h>

#include <stdio.h>

#include "../breakglass/cli/cli.h"
#include "../breakglass/cli/print.h"
#include "breakglass/json.h"
#include "breakglass/text.h"
#include "explain_options.h"
#include "signer.h"

#define REASON_SIZE 1024

struct outcome {
  enum bg_error err; /* of bg_issuing_decide() */
  struct bg_issuing_decision decision;
  char reason[REASON_SIZE];
};

static void print_line(void *context, const char *rule, bool takes, const char *why) {
  (void)context;
  printf("%-3s %s: %s\n", takes ? "yes" : "no", rule, why);
}

static void print_needs(const struct bg_issuing_decision *decision) {
  char wait[32];
  bg_format_duration(decision->approval_wait, sizeof wait, wait);
  printf("approvals:");
  for (size_t i = 0; i < decision->need_count; i++) {
    printf("%s %u of %s", i > 0 ? " and" : "", decision->needs[i].count, decision->needs[i].group);
  }
  if (decision->need_count > 0) {
    printf(", within %s\n", wait);
  } else {
    printf(" none, issued at once\n");
  }
}

static void print_outcome(const struct outcome *outcome) {
  const struct bg_issuing_decision *decision = &outcome->decision;
  if (outcome->err != BG_OK) {
    printf("\nrefused: %s\n", outcome->reason);
    return;
  }
  printf("\nrule: %s\nhosts:", decision->rule);
  for (size_t i = 0; i < decision->host_count; i++) {
    printf(" %s", decision->hosts[i]);
  }
  puts("");
  print_needs(decision);
  if (decision->level != BG_LEVEL_NONE) {
    printf("level: at least %s\n", bg_level_name(decision->level));
  }
}

static void put_line(void *context, const char *rule, bool takes, const char *why) {
  struct bg_json *json = context;
  bg_json_object(json, NULL);
  bg_json_text(json, "rule", rule);
  bg_json_bool(json, "takes", takes);
  bg_json_text(json, "why", why);
  bg_json_end_object(json);
}

static void put_decision(struct bg_json *json, const struct bg_issuing_decision *decision) {
  bg_json_object(json, "decision");
  bg_json_text(json, "rule", decision->rule);
  bg_json_array(json, "hosts");
  for (size_t i = 0; i < decision->host_count; i++) {
    bg_json_text(json, NULL, decision->hosts[i]);
  }
  bg_json_end_array(json);
  bg_json_array(json, "needs");
  for (size_t i = 0; i < decision->need_count; i++) {
    bg_json_object(json, NULL);
    bg_json_text(json, "group", decision->needs[i].group);
    bg_json_int(json, "count", decision->needs[i].count);
    bg_json_end_object(json);
  }
  bg_json_end_array(json);
  bg_json_int(json, "approval_wait", decision->approval_wait);
  bg_json_text(json, "level", bg_level_name(decision->level));
  bg_json_end_object(json);
}

static int print_json(const struct bg_issuing *issuing, const struct bg_issuing_wish *wish,
                      const struct outcome *outcome) {
  static uint8_t storage[1U << 18];
  struct bg_buf buf = BG_BUF(storage);
  struct bg_json json = bg_json_writer(&buf);
  bg_json_object(&json, NULL);
  bg_json_array(&json, "rules");
  bg_issuing_explain(issuing, wish, put_line, &json);
  bg_json_end_array(&json);
  if (outcome->err == BG_OK) {
    put_decision(&json, &outcome->decision);
    bg_json_null(&json, "reason");
  } else {
    bg_json_null(&json, "decision");
    bg_json_text(&json, "reason", outcome->reason);
  }
  bg_json_end_object(&json);
  return print_json_document(&buf);
}

static int explain(const struct bg_issuing *issuing, const struct explain_options *options) {
  struct outcome outcome = {0};
  outcome.err =
      bg_issuing_decide(issuing, &options->wish, &outcome.decision, REASON_SIZE, outcome.reason);
  if (outcome.err != BG_OK && outcome.err != BG_ERR_DENIED) {
    return cli_usage_error("%s", outcome.reason);
  }
  int result = CLI_OK;
  if (options->json) {
    result = print_json(issuing, &options->wish, &outcome);
  } else {
    bg_issuing_explain(issuing, &options->wish, print_line, NULL);
    print_outcome(&outcome);
  }
  return result == CLI_OK && outcome.err != BG_OK ? CLI_REFUSED : result;
}

int signer_explain(int argc, char **argv) {
  static struct explain_options options;
  struct bg_issuing *issuing = NULL;
  if (!explain_parse(argc, argv, &options)) {
    return CLI_USAGE;
  }
  enum bg_error err = bg_issuing_load(options.config, print_conf_problem, NULL, &issuing);
  if (err != BG_OK) {
    return err == BG_REFUSED_CONFIG ? CLI_USAGE : cli_failure("%s", bg_strerror(err));
  }
  int result = explain(issuing, &options);
  bg_issuing_free(issuing);
  return result;
}
