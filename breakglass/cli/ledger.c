/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass ledger: verify is done here, since who audits a ledger needs no HTTP, and not the
 * program that links it; the others ask the service. */
#include <config.h>

#include <stddef.h>

#include "cli.h"

/* cli_dispatch() has cut "ledger" off the front, which the other program wants to see. */
static int on(int argc, char **argv) {
  return cli_remote(argc + 1, argv - 1);
}

static const struct cli_command commands[] = {
    {"entries", "print the entries, one JSON object a line", on, NULL},
    {"checkpoint", "print the signed note of the ledger's head", on, NULL},
    {"verify", "check entries and a checkpoint, offline", cli_ledger_verify,
     "usage: breakglass ledger verify FILE [--checkpoint FILE [--trusted FILE]] [--json]\n"
     "Checks lines as `breakglass ledger entries` prints them, from the first on; FILE can be -.\n"
     "Exit: 0 they are whole, 1 something cannot be read, 2 wrong usage, 3 a line or the\n"
     "checkpoint is broken."},
    {0},
};

int cli_ledger(int argc, char **argv) {
  return cli_dispatch("breakglass ledger", commands, argc, argv);
}
