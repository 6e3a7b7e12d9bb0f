/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass-agent check: whether agent.conf is right, and each sink could be told now. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>

#include "../breakglass/cli/cli.h"
#include "agent.h"
#include "breakglass/agent_conf.h"
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

static void tell_conf(void *context, const struct bg_conf_problem *problem) {
  struct check *check = context;
  printf("%s:%u: %s\n", problem->file, problem->line, problem->text);
  check->status = CLI_FAILED;
}

static void check_conf(struct check *check) {
  struct bg_agent_conf *conf = NULL;
  enum bg_error err = bg_agent_conf_load(NULL, tell_conf, check, &conf);
  if (err != BG_OK && check->status == CLI_OK) { /* no line of it is to blame */
    printf("agent.conf: %s\n", bg_strerror(err));
    check->status = CLI_FAILED;
  }
  free(conf);
}

int agent_check(int argc, char **argv) {
  (void)argv;
  struct check check = {.status = CLI_OK};
  if (argc > 1) {
    return cli_wrong_arguments();
  }
  check_conf(&check);
  sinks_each(show, tell, &check);
  return check.status;
}
