/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass-signer check: all that is wrong with signer.conf, before the service reads it. */
#include <config.h>

#include <stdio.h>

#include "../breakglass/cli/cli.h"
#include "../breakglass/cli/print.h"
#include "breakglass/issuing.h"
#include "signer.h"

static const struct option options[] = {{"config", required_argument, NULL, 'c'}, {0}};

int signer_check(int argc, char **argv) {
  const char *file = NULL;
  for (int option; (option = cli_option(argc, argv, options)) != -1;) {
    if (option != 'c') {
      return CLI_USAGE;
    }
    file = optarg;
  }
  if (optind != argc) {
    return cli_usage_error("check takes no arguments");
  }
  struct bg_issuing *issuing = NULL;
  enum bg_error err = bg_issuing_load(file, print_conf_problem, NULL, &issuing);
  bg_issuing_free(issuing);
  if (err == BG_OK) {
    puts("the configuration is right");
    return CLI_OK;
  }
  return err == BG_REFUSED_CONFIG ? CLI_USAGE : cli_failure("%s", bg_strerror(err));
}
