/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>
#include <sodium.h>
#include <string.h>

#include "cli.h"

static const struct cli_command commands[] = {
    {"token", "mint, sign, inspect and verify break-glass tokens", cli_token, NULL},
    {"policy", "check and show this host's gate policy", cli_policy, NULL},
    {"status", "is this host sealed, is it tainted, who is in", cli_status,
     "usage: breakglass status [--json]\n"
     "Exit: 0 pristine, 1 tainted, 2 it cannot be told."},
    {"taint", "mark this host as tainted by hand", cli_taint, NULL},
    {"events", "show and deliver this host's events", cli_events,
     "usage: breakglass events [--json]\n"
     "       breakglass events deliver\n"
     "Shows what happened on this host, oldest first; deliver is breakglass-agent deliver, for a "
     "host whose agent does not run."},
    {"revocations", "show and replace the list of what was taken back", cli_revocations, NULL},
    {"boot", NULL, cli_boot, /* for the boot unit */
     "usage: breakglass boot [--end]\n"
     "For breakglass-boot.service: makes run/ from the events; --end notes that the boot ended."},
    {"request", "ask the signing service for a token", cli_remote, NULL},
    {"requests", "list requests for tokens", cli_remote, NULL},
    {"show", "show a request, and its token once it is issued", cli_remote, NULL},
    {"approve", "look at a request and sign its token", cli_remote, NULL},
    {"deny", "deny a request", cli_remote, NULL},
    {"revoke", "take a token, a holder key or an approver back", cli_remote, NULL},
    {"ledger", "print and verify what the signing service has on record", cli_ledger, NULL},
    {"ssh", "ask for a token, wait for it and log in", cli_remote, NULL},
    {"scp", "ask for a token, wait for it and copy files", cli_remote, NULL},
    {"sftp", "ask for a token, wait for it and transfer files", cli_remote, NULL},
    {"--version", NULL, cli_version, NULL},
    {0},
};

int main(int argc, char **argv) {
  cli_open_standard();
  if (sodium_init() < 0) {
    return cli_failure("libsodium does not start on this machine");
  }
  const int result = cli_dispatch("breakglass", commands, argc, argv);
  if (argc > 1 && strcmp(argv[1], "status") == 0) {
    return cli_all_is_written() ? result : STATUS_ERROR; /* whose codes are its own */
  }
  return cli_finish(result);
}
