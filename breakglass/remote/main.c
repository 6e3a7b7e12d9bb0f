/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass-remote: the half of the command line that speaks to the signing service. breakglass
 * runs it, so that a host needs no HTTP to judge a token. */
#include <config.h>

#include <curl/curl.h>
#include <sodium.h>
#include <stdio.h>

#include "cli.h"
#include "remote.h"

#define SERVICE_USAGE                                                                              \
  "\nEach takes --server URL, --ca FILE and --key KEY in the place of the settings in\n"           \
  "~/.config/breakglass/config."

static const struct cli_command commands[] = {
    {"request", "ask the signing service for a token", remote_request,
     "usage: breakglass request --host ID ... | --group NAME --login LOGIN --reason TEXT\n"
     "         --window DURATION --max DURATION --holder KEY.pub | --console\n"
     "         [--level refresh|rebuild|reallocate] [--source CIDR] ... [--challenge HEX]\n"
     "         [--wait] [--json]\n"
     "Asks for a token and prints the request's id; with --wait, waits for it and prints it, and\n"
     "on a second line the certificate that carries it." SERVICE_USAGE},
    {"requests", "list the requests that wait, or others", remote_requests,
     "usage: breakglass requests [--state waiting|issued|denied|expired] [--json]" SERVICE_USAGE},
    {"show", "show a request, and its token once it is issued", remote_show,
     "usage: breakglass show [--wait] [--token] [--json] ID" SERVICE_USAGE},
    {"approve", "look at a request and sign its token", remote_approve,
     "usage: breakglass approve [--yes] ID\n"
     "Shows what the token would do, asks, and signs." SERVICE_USAGE},
    {"deny", "deny a request", remote_deny,
     "usage: breakglass deny --reason TEXT ID" SERVICE_USAGE},
    {"revoke", "take a token, a holder key or an approver back", remote_revoke,
     "usage: breakglass revoke --reason TEXT token ID | holder FINGERPRINT |\n"
     "         approver FINGERPRINT\n"
     "An approver's key is revoked once two other approvers have done this." SERVICE_USAGE},
    {"revocations", "take the signing service's list of what was taken back", remote_revocations,
     NULL},
    {"ledger", "print what the signing service has on record", remote_ledger, NULL},
    {"ssh", "ask, wait and log in", remote_ssh, NULL},
    {"scp", "ask, wait and copy files", remote_ssh, NULL},
    {"sftp", "ask, wait and transfer files", remote_ssh, NULL},
    {"--version", NULL, cli_version, NULL},
    {0},
};

int main(int argc, char **argv) {
  cli_open_standard();
  if (sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return cli_failure("libsodium or libcurl does not start on this machine");
  }
  int result = cli_finish(cli_dispatch("breakglass", commands, argc, argv));
  curl_global_cleanup();
  return result;
}
