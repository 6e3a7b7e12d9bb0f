/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "explain_options.h"

#include <time.h>

#include "../breakglass/cli/token_options.h"

enum {
  OPTION_CONFIG = 1,
  OPTION_SUBJECT,
  OPTION_HOST,
  OPTION_GROUP,
  OPTION_LOGIN,
  OPTION_WINDOW,
  OPTION_MAX,
  OPTION_REASON,
  OPTION_LEVEL,
  OPTION_CONSOLE,
  OPTION_AT,
  OPTION_JSON
};

static const struct option table[] = {
    {"config", required_argument, NULL, OPTION_CONFIG},
    {"subject", required_argument, NULL, OPTION_SUBJECT},
    {"host", required_argument, NULL, OPTION_HOST},
    {"group", required_argument, NULL, OPTION_GROUP},
    {"login", required_argument, NULL, OPTION_LOGIN},
    {"window", required_argument, NULL, OPTION_WINDOW},
    {"max", required_argument, NULL, OPTION_MAX},
    {"reason", required_argument, NULL, OPTION_REASON},
    {"level", required_argument, NULL, OPTION_LEVEL},
    {"console", no_argument, NULL, OPTION_CONSOLE},
    {"at", required_argument, NULL, OPTION_AT},
    {"json", no_argument, NULL, OPTION_JSON},
    {0},
};

static bool set_host(struct explain_options *options, const char *value) {
  struct bg_issuing_wish *wish = &options->wish;
  if (wish->host_count == BG_SCOPES_MAX) {
    (void)cli_usage_error("at most %d times --host", BG_SCOPES_MAX);
    return false;
  }
  return token_option_text("host", value, BG_NAME_SIZE, options->hosts[wish->host_count++]);
}

static bool set_level(struct bg_issuing_wish *wish, const char *value) {
  if (bg_level_parse(bg_bytes_of(value), &wish->level) != BG_OK) {
    (void)cli_usage_error("--level %s: write refresh, rebuild or reallocate", value);
    return false;
  }
  return true;
}

static bool set(struct explain_options *options, int option, const char *value) {
  struct bg_issuing_wish *wish = &options->wish;
  switch (option) {
  case OPTION_CONFIG:
    options->config = value;
    return true;
  case OPTION_SUBJECT:
    wish->subject = value;
    return true;
  case OPTION_HOST:
    return set_host(options, value);
  case OPTION_GROUP:
    wish->group = value;
    return true;
  case OPTION_LOGIN:
    wish->login = value;
    return true;
  case OPTION_WINDOW:
    return token_option_duration("window", value, &wish->window);
  case OPTION_MAX:
    return token_option_duration("max", value, &wish->longest);
  case OPTION_REASON:
    wish->reason = value;
    return true;
  case OPTION_LEVEL:
    return set_level(wish, value);
  case OPTION_CONSOLE:
    wish->console = true;
    return true;
  case OPTION_AT:
    return token_option_time("at", value, &wish->at);
  case OPTION_JSON:
    options->json = true;
    return true;
  default:
    return false;
  }
}

bool explain_parse(int argc, char **argv, struct explain_options *ret_options) {
  struct bg_issuing_wish *wish = &ret_options->wish;
  *ret_options = (struct explain_options){
      .wish = {.reason = "", .window = 600, .longest = 1800, .at = time(NULL)}};
  for (int option; (option = cli_option(argc, argv, table)) != -1;) {
    if (!set(ret_options, option, optarg)) {
      return false;
    }
  }
  wish->hosts = (const char(*)[BG_NAME_SIZE])ret_options->hosts;
  if (optind != argc || wish->subject == NULL || wish->login == NULL ||
      (wish->host_count > 0) == (wish->group != NULL)) {
    (void)cli_wrong_arguments();
    return false;
  }
  return true;
}
