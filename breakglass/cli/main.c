/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"

static int version(int argc, char **argv) {
  (void)argc, (void)argv;
  puts(PACKAGE_STRING);
  return CLI_OK;
}

static const struct cli_command commands[] = {
    {"token", "mint, sign, inspect and verify break-glass tokens", cli_token},
    {"policy", "check and show this host's gate policy", cli_policy},
    {"status", "is this host sealed, is it tainted, who is in", cli_status},
    {"taint", "mark this host as tainted by hand", cli_taint},
    {"events", "show and deliver this host's events", cli_events},
    {"boot", NULL, cli_boot}, /* for the boot unit */
    {"--version", NULL, version},
    {0},
};

int main(int argc, char **argv) {
  if (sodium_init() < 0) {
    return cli_failure("libsodium does not start on this machine");
  }
  return cli_dispatch("breakglass", commands, argc, argv);
}
