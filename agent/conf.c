/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "conf.h"

#include <stdio.h>

#include "breakglass/paths.h"

struct listener {
  sink_problem_fn *on_problem;
  void *context;
};

static void tell(void *context, const struct bg_conf_problem *problem) {
  const struct listener *listener = context;
  char text[BG_PATH_SIZE + sizeof problem->text + 16];
  char line[16] = "";
  if (problem->line > 0) { /* otherwise the whole file */
    (void)snprintf(line, sizeof line, "%u:", problem->line);
  }
  (void)snprintf(text, sizeof text, "%s:%s %s", problem->file, line, problem->text);
  listener->on_problem(listener->context, text);
}

struct bg_agent_conf *conf_load(sink_problem_fn *on_problem, void *context) {
  struct listener listener = {on_problem, context};
  struct bg_agent_conf *conf = NULL;
  enum bg_error err = bg_agent_conf_load(NULL, tell, &listener, &conf);
  if (err != BG_OK && err != BG_REFUSED_CONFIG) {
    on_problem(context, bg_strerror(err));
  }
  return conf;
}

struct bg_policy *conf_load_policy(void) {
  struct bg_policy *policy = NULL;
  return bg_policy_load(NULL, NULL, NULL, &policy) == BG_OK ? policy : NULL;
}
