/* SPDX-License-Identifier: BSD-2-Clause */
/* One file of signer.conf, any bytes: what is taken must be what the manual allows, and every
 * decision over it must keep within a token's bounds. */
#include <config.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../policy/issuing/reading.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
  if (!holds) {
    abort();
  }
}

static void on_problem(void *context, const struct bg_conf_problem *problem) {
  (void)context;
  must(strlen(problem->text) < sizeof problem->text);
}

static bool first_word(struct bg_bytes list, size_t size, char *ret_word) {
  struct bg_bytes word;
  return bg_conf_next_word(&list, &word) && bg_bytes_to_text(word, size, ret_word) == BG_OK;
}

static void on_line(void *context, const char *rule, bool takes, const char *why) {
  (void)takes;
  *(size_t *)context += 1;
  must(strlen(rule) < BG_NAME_SIZE && strlen(why) > 0);
}

static void check_rule(const struct issuing_rule *rule) {
  unsigned all = 0;
  for (size_t i = 0; i < rule->need_count; i++) {
    all += rule->needs[i].count;
  }
  must(all <= BG_NEEDS_MAX && (rule->ssh || rule->console));
  must(rule->longest_window >= 60 && rule->longest_window <= 86400);
  must(rule->longest_session >= 60 && rule->longest_session <= 2592000);
  must(!issuing_list_has(rule->values[RULE_LOGINS].text, bg_bytes_of("*")));
}

/* Wishes for what the rule names first, whoever asks. */
static void decide(const struct bg_issuing *issuing, const struct issuing_rule *rule) {
  char hosts[1][BG_NAME_SIZE] = {""}, login[BG_NAME_SIZE] = "", subject[BG_NAME_SIZE] = "";
  char reason[300];
  struct bg_issuing_decision decision;
  if (!first_word(rule->values[RULE_HOSTS].text, BG_NAME_SIZE, hosts[0]) ||
      !first_word(rule->values[RULE_LOGINS].text, BG_NAME_SIZE, login) ||
      !first_word(rule->values[RULE_REQUESTERS].text, BG_NAME_SIZE, subject)) {
    abort();
  }
  const struct bg_issuing_wish wish = {.subject = subject,
                                       .hosts = (const char(*)[BG_NAME_SIZE])hosts,
                                       .host_count = 1,
                                       .login = login,
                                       .reason = "INC-7 the disk of web-1 is full",
                                       .window = 60,
                                       .longest = 60,
                                       .at = 1769601600};
  size_t lines = 0;
  bg_issuing_explain(issuing, &wish, on_line, &lines);
  must(lines == issuing->rule_count);
  if (bg_issuing_decide(issuing, &wish, &decision, sizeof reason, reason) == BG_OK) {
    const char *people[] = {subject, "a@x", "a@x"};
    must(decision.host_count == 1 && decision.rule[0] != '\0');
    bool approved = bg_issuing_is_approved(issuing, &decision, subject, people, 1, NULL);
    must(approved == (decision.need_count == 0));
    (void)bg_issuing_is_approved(issuing, &decision, "b@x", people, 3, NULL);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct issuing_reading reading = {.issuing = calloc(1, sizeof *reading.issuing),
                                    .told = {on_problem, NULL, 0},
                                    .only = "fuzzed"};
  must(setenv("BREAKGLASS_TEST_ROOT", "/nowhere", 0) == 0);
  if (reading.issuing == NULL) {
    return -1;
  }
  issuing_read_text(&reading, reading.only, false, bg_bytes(data, size));
  if (issuing_read_end(&reading) == BG_OK) {
    for (size_t i = 0; i < reading.issuing->rule_count; i++) {
      check_rule(&reading.issuing->rules[i]);
      decide(reading.issuing, &reading.issuing->rules[i]);
    }
  }
  bg_issuing_free(reading.issuing);
  return 0;
}
