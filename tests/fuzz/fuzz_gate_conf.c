/* SPDX-License-Identifier: BSD-2-Clause */
/* One file of gate.conf, any bytes: values must stay inside of what they point
 * into, and what is taken must be what the manual allows. */
#include <config.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../policy/conf.h"
#include "breakglass/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_problem(void *context, const struct bg_conf_problem *problem) {
  (void)context;
  if (strlen(problem->text) >= sizeof problem->text) {
    abort();
  }
}

static void check(const struct bg_policy *policy) {
  const struct bg_token_policy *token = &policy->token;
  for (size_t i = 0; i < token->quorum_count; i++) {
    const struct bg_quorum *quorum = &token->quorums[i];
    if (quorum->approvers < 1 || quorum->issuers + quorum->approvers > BG_SIGNATURES_MAX) {
      abort();
    }
  }
  if (token->quorum_count < 1 || token->clock_skew < 1 || token->clock_skew > 300 ||
      policy->longest_session < 1 || !bg_text_is_clean(bg_bytes_of(policy->host_id)) ||
      bg_policy_exempts(policy, "sshd", "root") || bg_policy_exempts(policy, "login", "root")) {
    abort();
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const struct bg_policy_reading reading = {.file = "fuzzed"};
  struct bg_conf conf = {.policy = calloc(1, sizeof *conf.policy),
                         .reading = &reading,
                         .told = {.on_problem = on_problem}};
  if (conf.policy == NULL) {
    return -1;
  }
  bg_conf_parse(&conf, reading.file, false, bg_bytes(data, size));
  bg_conf_finish(&conf);
  bg_conf_resolve_host_id(&conf);
  if (conf.told.problems == 0) {
    check(conf.policy);
  }
  free(conf.policy);
  return 0;
}
