/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

#include <stddef.h>

static const struct cli_command commands[] = {
    {"mint", "make a token and sign it", cli_token_mint},
    {"sign", "add a signature to a token", cli_token_sign},
    {"inspect", "show what a token says", cli_token_inspect},
    {"verify", "would a host accept a token", cli_token_verify},
    {0},
};

int cli_token(int argc, char **argv) {
  return cli_dispatch("breakglass token", commands, argc, argv);
}
