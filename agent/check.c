/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass-agent check: whether agent.conf is right, and each sink could be told now. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>

#include "../breakglass/cli/cli.h"
#include "agent.h"
#include "conf.h"
#include "sinks.h"

struct check {
  int status;
};

static void show(void *context, struct sink *sink) {
  struct check *check = context;
  char reason[SINK_REASON_SIZE] = "";
  if (sink->check == NULL) {
    printf("%s: would be run\n", sink->name);
  } else if (sink->check(sink, reason)) {
    printf("%s: ok\n", sink->name);
  } else {
    printf("%s: %s\n", sink->name, reason);
    check->status = CLI_FAILED;
  }
}

static void tell(void *context, const char *text) {
  struct check *check = context;
  puts(text);
  check->status = CLI_FAILED;
}

int agent_check(int argc, char **argv) {
  (void)argv;
  struct check check = {.status = CLI_OK};
  if (argc > 1) {
    return cli_wrong_arguments();
  }
  free(conf_load(tell, &check));
  struct bg_policy *policy = conf_load_policy();
  (void)sinks_each(policy, show, tell, &check);
  free(policy);
  return check.status;
}
