/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass-agent deliver: once, in the foreground; for a host without the service. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>

#include "../breakglass/cli/cli.h"
#include "agent.h"
#include "breakglass/paths.h"
#include "conf.h"
#include "cursor.h"
#include "keeper.h"
#include "round.h"
#include "sinks.h"

struct delivery {
  int64_t last;
  int status;
};

static void fail(struct delivery *delivery, int status) {
  delivery->status = delivery->status == CLI_OK ? status : delivery->status;
}

static void say(const struct round *round) {
  const char *name = round->sink->name;
  if (round->passed_over) {
    (void)cli_failure("sink %s: what could not be read was passed over; see breakglass status",
                      name);
  }
  if (round->failed) {
    (void)cli_failure("sink %s: %s", name, round->reason);
    (void)cli_failure("sink %s stopped after event %lld; it goes on from there next time", name,
                      (long long)round->cursor);
  }
}

static void say_forgetful(void *context, const char *sink) {
  (void)context;
  (void)cli_failure("the disk does not take the cursor of sink %s: after a reboot it gets these "
                    "events once more",
                    sink);
}

static void deliver_to(void *context, struct sink *sink) {
  struct delivery *delivery = context;
  struct round round = round_begin(sink, -1);
  while (round_step(&round, delivery->last)) {
  }
  say(&round);
  if (round.failed || round.passed_over) {
    fail(delivery, CLI_FAILED);
  }
}

static void tell(void *context, const char *text) {
  (void)cli_failure("%s", text);
  fail(context, CLI_FAILED);
}

int agent_deliver(int argc, char **argv) {
  (void)argv;
  struct delivery delivery = {.status = CLI_OK};
  int lock = -1;
  if (argc > 1) {
    return cli_wrong_arguments();
  }
  enum bg_error err = agent_lock(bg_paths()->agent_lock, &lock);
  if (err != BG_OK) {
    return err == BG_ERR_BUSY ? cli_failure("the agent runs, and delivers: breakglass status")
                              : cli_host_failure("the events cannot be delivered", err);
  }
  const int64_t last = keeper_settle(&err);
  delivery.last = last >= 0 ? last : 0;
  if (err != BG_OK) { /* they are delivered from run/ all the same */
    fail(&delivery, cli_host_failure("some events are not on disk", err));
  }
  struct bg_policy *policy = conf_load_policy();
  (void)sinks_each(policy, deliver_to, tell, &delivery);
  free(policy);
  if (err == BG_OK) {
    cursors_keep(last, say_forgetful, NULL);
  }
  (void)!bg_event_store_provide(); /* events do without */
  agent_unlock(lock);
  return delivery.status;
}
