/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>
#include <sodium.h>

#include "../breakglass/cli/cli.h"
#include "signer.h"

static const struct cli_command commands[] = {
    {"serve", "the signing service, in the foreground", signer_serve,
     "usage: breakglass-signer serve [--config FILE]\n"
     "SIGHUP: rules, trusted signers and certificate are read again; SIGTERM ends it."},
    {"check", "all that is wrong with signer.conf", signer_check,
     "usage: breakglass-signer check [--config FILE]\n"
     "Exit: 0 it is right, 2 something is wrong."},
    {"explain", "which rule would take a request, and what it would want", signer_explain,
     "usage: breakglass-signer explain [--config FILE] --subject WHO\n"
     "           (--host ID [--host ID ...] | --group NAME) --login LOGIN\n"
     "           [--window 10m] [--max 30m] [--reason TEXT] [--level LEVEL] [--console]\n"
     "           [--at TIME] [--json]\n"
     "Exit: 0 a rule takes it, 2 signer.conf or the usage is wrong, 3 no rule takes it."},
    {"--version", NULL, cli_version, NULL},
    {0},
};

int main(int argc, char **argv) {
  cli_open_standard();
  if (sodium_init() < 0) {
    return cli_failure("libsodium does not start on this machine");
  }
  return cli_finish(cli_dispatch("breakglass-signer", commands, argc, argv));
}
