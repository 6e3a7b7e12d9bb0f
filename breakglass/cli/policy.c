/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass policy: check says all that is wrong, show what counts and why. */
#include <config.h>

#include "breakglass/policy.h"

#include <stdio.h>
#include <stdlib.h>

#include "breakglass/json.h"
#include "cli.h"
#include "finding_json.h"
#include "print.h"

static const struct option show_options[] = {{"json", no_argument, NULL, 'j'}, {0}};

static void show_line(void *context, const struct bg_setting *setting) {
  (void)context;
  printf("[%s] %s = %.*s\t# ", setting->section, setting->key, (int)setting->value.len,
         (const char *)setting->value.data);
  if (setting->file != NULL) {
    printf("%s:%u\n", setting->file, setting->line);
  } else {
    printf("%s\n", setting->value.data != NULL ? "default" : "not set");
  }
}

static void show_object(void *context, const struct bg_setting *setting) {
  struct bg_json *json = context;
  char value[BG_CONF_LINE_MAX + 1];
  (void)snprintf(value, sizeof value, "%.*s", (int)setting->value.len,
                 (const char *)setting->value.data);
  bg_json_object(json, NULL);
  bg_json_text(json, "section", setting->section);
  bg_json_text(json, "key", setting->key);
  bg_json_text(json, "value", setting->value.data != NULL ? value : NULL);
  bg_json_text(json, "file", setting->file);
  if (setting->file != NULL) {
    bg_json_int(json, "line", setting->line);
  } else {
    bg_json_null(json, "line");
  }
  bg_json_end_object(json);
}

static int show_json(struct bg_policy_reading reading, struct bg_policy **policy) {
  static uint8_t storage[65536];
  struct bg_buf buf = BG_BUF(storage);
  struct bg_json json = bg_json_writer(&buf);
  reading.on_setting = show_object;
  reading.context = &json;
  bg_json_object(&json, NULL);
  bg_json_array(&json, "settings");
  enum bg_error err = bg_policy_read(&reading, policy);
  bg_json_end_array(&json);
  bg_json_text(&json, "host_id", err == BG_OK ? (*policy)->host_id : NULL);
  bg_json_end_object(&json);
  int printed = print_json_document(&buf);
  return printed == CLI_OK && err != BG_OK ? CLI_USAGE : printed;
}

static int show(int argc, char **argv) {
  struct bg_policy_reading reading = {.on_problem = print_conf_problem, .on_setting = show_line};
  struct bg_policy *policy = NULL;
  bool json = false;
  for (int option; (option = cli_option(argc, argv, show_options)) != -1;) {
    if (option != 'j') {
      return CLI_USAGE;
    }
    json = true;
  }
  if (optind != argc) {
    return cli_usage_error("policy show takes no arguments");
  }
  int result;
  if (json) {
    result = show_json(reading, &policy);
  } else {
    result = bg_policy_read(&reading, &policy) == BG_OK ? CLI_OK : CLI_USAGE;
    if (result == CLI_OK) {
      printf("this host's id is %s\n", policy->host_id);
    }
  }
  free(policy);
  return result;
}

enum { OPTION_JSON = 1, OPTION_IMAGE, OPTION_CONFIGURATION, OPTION_HOST_KEY };

static const struct option check_options[] = {
    {"json", no_argument, NULL, OPTION_JSON},
    {"image", no_argument, NULL, OPTION_IMAGE},
    {"configuration", no_argument, NULL, OPTION_CONFIGURATION},
    {"host-key", required_argument, NULL, OPTION_HOST_KEY},
    {0},
};

static bool parse_check(int argc, char **argv, struct policy_check *check, bool *ret_json) {
  for (int option; (option = cli_option(argc, argv, check_options)) != -1;) {
    switch (option) {
    case OPTION_JSON:
      *ret_json = true;
      break;
    case OPTION_IMAGE:
      check->image = true;
      break;
    case OPTION_CONFIGURATION:
      check->configuration_only = true;
      break;
    case OPTION_HOST_KEY:
      check->host_key = optarg;
      break;
    default:
      return false;
    }
  }
  if (optind != argc) {
    (void)cli_usage_error("policy check takes no arguments");
    return false;
  }
  return true;
}

static void print_problem(void *context, const struct policy_problem *problem) {
  (void)context;
  if (problem->file != NULL && problem->line > 0) {
    printf("%s: %s:%u: %s\n", finding_kind_name(problem->kind), problem->file, problem->line,
           problem->text);
  } else if (problem->file != NULL) {
    printf("%s: %s: %s\n", finding_kind_name(problem->kind), problem->file, problem->text);
  } else {
    printf("%s: %s\n", finding_kind_name(problem->kind), problem->text);
  }
}

static void put_problem(void *context, const struct policy_problem *problem) {
  finding_put(context, problem);
}

static int check_json(struct policy_check run) {
  static uint8_t storage[1U << 20];
  struct bg_buf buf = BG_BUF(storage);
  struct bg_json json = bg_json_writer(&buf);
  run.on_problem = put_problem;
  run.context = &json;
  bg_json_object(&json, NULL);
  bg_json_array(&json, "problems");
  policy_check_run(&run);
  bg_json_end_array(&json);
  bg_json_bool(&json, "ok", run.errors == 0);
  bg_json_bool(&json, "locked_out", run.locked_out);
  if (run.configuration_only || run.sealed == SEALED_UNKNOWN) {
    bg_json_null(&json, "sealed");
  } else {
    bg_json_bool(&json, "sealed", run.sealed == SEALED_YES);
  }
  bg_json_end_object(&json);
  int printed = print_json_document(&buf);
  return printed == CLI_OK && run.errors > 0 ? CLI_USAGE : printed;
}

static int check(int argc, char **argv) {
  struct policy_check run = {.on_problem = print_problem};
  bool json = false;
  if (!parse_check(argc, argv, &run, &json)) {
    return CLI_USAGE;
  }
  if (json) {
    return check_json(run);
  }
  policy_check_run(&run);
  if (run.errors == 0) {
    puts(run.configuration_only ? "the configuration is right"
                                : "sealed: every way in leads through the gate");
  }
  return run.errors == 0 ? CLI_OK : CLI_USAGE;
}

static const struct cli_command commands[] = {
    {"check", "all that is wrong with this host's gate", check,
     "usage: breakglass policy check [--json] [--image] [--configuration] [--host-key FILE]\n"
     "Exit: 0 the gate is as it should be, 2 something is wrong."},
    {"show", "the effective values, and where each comes from", show,
     "usage: breakglass policy show [--json]"},
    {0},
};

int cli_policy(int argc, char **argv) {
  return cli_dispatch("breakglass policy", commands, argc, argv);
}
