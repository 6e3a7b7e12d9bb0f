/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass taint add: for scripts and people who know that this host is no
 * longer what its image says. There is no way back but replacement, and a broken
 * configuration is no way around it. */
#include <config.h>

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/event.h"
#include "breakglass/file.h"
#include "breakglass/policy.h"
#include "breakglass/run_state.h"
#include "cli.h"

#define ACTOR_SIZE BG_NAME_SIZE

struct wish {
  const char *reason;
  enum bg_level level; /* BG_LEVEL_NONE: the policy's */
};

static int read_options(int argc, char **argv, struct wish *ret_wish) {
  static const struct option options[] = {
      {"reason", required_argument, NULL, 'r'}, {"level", required_argument, NULL, 'l'}, {0}};
  for (int option; (option = cli_option(argc, argv, options)) != -1;) {
    if (option == 'r') {
      ret_wish->reason = optarg;
    } else if (option != 'l') {
      return CLI_USAGE;
    } else if (bg_level_parse(bg_bytes_of(optarg), &ret_wish->level) != BG_OK) {
      return cli_usage_error("--level %s: write refresh, rebuild or reallocate", optarg);
    }
  }
  if (optind != argc || ret_wish->reason == NULL) {
    return cli_wrong_arguments();
  }
  size_t len = strlen(ret_wish->reason);
  if (len == 0 || len > BG_REASON_MAX || !bg_text_is_clean(bg_bytes_of(ret_wish->reason))) {
    return cli_usage_error("a reason is 1 to %d bytes of text without control characters",
                           BG_REASON_MAX);
  }
  return CLI_OK;
}

/* The person who logged in, also behind sudo; NULL for a daemon. */
static const char *actor_name(char text[static ACTOR_SIZE]) {
  char uid[16];
  if (bg_proc_read("/proc/self/loginuid", sizeof uid, uid) != BG_OK ||
      strcmp(uid, "4294967295") == 0) {
    return NULL;
  }
  const struct passwd *user = getpwuid((uid_t)strtoul(uid, NULL, 10));
  (void)snprintf(text, ACTOR_SIZE, "%s", user != NULL ? user->pw_name : uid);
  return text;
}

/* Who this host is and what a taint means is the policy's to say. What of it could not
 * be read is not made up: no id, the most that can be asked for, and at once. */
static void fill_event(const struct bg_policy *policy, struct bg_host *ret_host,
                       struct bg_event *event) {
  *ret_host = (struct bg_host){policy->host_id, policy->groups, policy->group_count};
  event->level = policy->level != BG_LEVEL_NONE ? policy->level : BG_LEVEL_REALLOCATE;
  event->longest_tainted = policy->longest_tainted;
  if (policy->host_id[0] == '\0') {
    *ret_host = (struct bg_host){.id = "unknown"};
    event->level = BG_LEVEL_REALLOCATE;
    event->longest_tainted = 0;
  }
  event->host = ret_host;
  event->replace_by = event->time + event->longest_tainted;
}

static int record(const struct wish *wish, const struct bg_policy *policy, bool broken) {
  char actor[ACTOR_SIZE];
  struct bg_host host;
  struct bg_event event = {
      .type = BG_EVENT_TAINT_MANUAL,
      .time = bg_clock_now(),
      .reason = wish->reason,
      .actor = actor_name(actor),
  };
  int64_t epoch = 0;
  fill_event(policy, &host, &event);
  event.level = wish->level != BG_LEVEL_NONE ? wish->level : event.level;
  enum bg_durability durability = BG_VOLATILE;
  enum bg_error err = bg_run_state_prepare(event.time, &epoch);
  if (err == BG_OK) {
    err = bg_event_record(&event, &durability);
  }
  if (err != BG_OK) {
    return cli_host_failure("the taint could not be recorded", err);
  }
  if (durability == BG_VOLATILE) {
    (void)cli_failure("the event is not on disk yet: it waits on /run");
  }
  if (broken) {
    (void)cli_failure(
        "recorded as of host '%s', %s%s: gate.conf is wrong (breakglass policy check)", host.id,
        bg_level_name(event.level), event.longest_tainted == 0 ? ", now" : "");
  }
  return CLI_OK;
}

static int add(int argc, char **argv) {
  struct wish wish = {0};
  struct bg_policy *policy = NULL;
  int status = read_options(argc, argv, &wish);
  if (status != CLI_OK) {
    return status;
  }
  const struct bg_policy_reading reading = {.lenient = true};
  enum bg_error err = bg_policy_read(&reading, &policy);
  if (err != BG_OK && err != BG_REFUSED_CONFIG) {
    return cli_host_failure("the taint could not be recorded", err);
  }
  status = record(&wish, policy, err != BG_OK);
  free(policy);
  return status;
}

int cli_taint(int argc, char **argv) {
  static const struct cli_command commands[] = {
      {"add", "mark this host as tainted, so that it is replaced", add,
       "usage: breakglass taint add --reason TEXT [--level refresh|rebuild|reallocate]"},
      {0}};
  return cli_dispatch("breakglass taint", commands, argc, argv);
}
