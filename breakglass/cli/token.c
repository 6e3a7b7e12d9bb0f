/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

#include <stddef.h>

#define MINT_USAGE                                                                                 \
  "usage: breakglass token mint --key KEY --issuer NAME --subject WHO\n"                           \
  "         --audience host:ID|group:NAME [--audience ...] --login LOGIN --window DURATION\n"      \
  "         --max DURATION --reason TEXT [--holder KEY.pub] [--source CIDR] ...\n"                 \
  "         [--level refresh|rebuild|reallocate] [--nonce HEX] [--not-before TIME]\n"              \
  "Makes a token, signs it and prints it. KEY is file:PATH (an unencrypted ed25519 key,\n"         \
  "mode 0600) or agent:FINGERPRINT (a key of your ssh-agent); TIME is RFC 3339 or Unix\n"          \
  "seconds; DURATION is 90s, 10m, 2h, 1d. NAME is offline if no signing service signs."
#define SIGN_USAGE                                                                                 \
  "usage: breakglass token sign --key KEY TOKEN|-\n"                                               \
  "Adds a signature to a token and prints it. KEY is file:PATH or agent:FINGERPRINT.\n"            \
  "What is signed is shown on standard error first."
#define INSPECT_USAGE                                                                              \
  "usage: breakglass token inspect [--json] TOKEN|-\n"                                             \
  "Shows what a token says. It does not verify anything: see breakglass token verify."
#define VERIFY_USAGE                                                                               \
  "usage: breakglass token verify [--json] [--config FILE] [--trusted FILE] --host ID\n"           \
  "         [--group NAME] ... --login LOGIN [--holder KEY.pub] [--address IP] [--at TIME]\n"      \
  "         [--booted-at TIME] [--challenge HEX] [--revocations FILE] TOKEN|-\n"                   \
  "Says whether a host with this policy would accept a token. Nothing is consumed.\n"              \
  "Exit: 0 accepted; 3 refused, with its code; 2 usage or broken configuration."

static const struct cli_command commands[] = {
    {"mint", "make a token and sign it", cli_token_mint, MINT_USAGE},
    {"sign", "add a signature to a token", cli_token_sign, SIGN_USAGE},
    {"inspect", "show what a token says", cli_token_inspect, INSPECT_USAGE},
    {"verify", "would a host accept a token", cli_token_verify, VERIFY_USAGE},
    {0},
};

int cli_token(int argc, char **argv) {
  return cli_dispatch("breakglass token", commands, argc, argv);
}
