/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <signal.h>
#include <sodium.h>
#include <stddef.h>

#include "../breakglass/cli/cli.h"
#include "agent.h"
#include "breakglass/json_read.h"

static const struct cli_command commands[] = {
    {"run", "deliver events as they come: the service", agent_run,
     "usage: breakglass-agent run\n\n"
     "Stays in the foreground. SIGHUP: reads gate.conf, agent.conf and the folder of\n"
     "programs anew."},
    {"warden", "end sessions: a service of its own", agent_warden,
     "usage: breakglass-agent warden\n\n"
     "Stays in the foreground. SIGHUP: reads gate.conf, trusted_signers and the list of\n"
     "what was taken back anew."},
    {"deliver", "deliver what waits, once", agent_deliver,
     "usage: breakglass-agent deliver\n\n"
     "For a host without the service. Exit code 0: every sink has every event."},
    {"check", "say whether each sink could be told", agent_check,
     "usage: breakglass-agent check\n\n"
     "Sends nothing. Exit code 0: all could."},
    {"--version", NULL, cli_version, NULL},
    {0},
};

void agent_block_signals(void) {
  sigset_t signals;
  (void)sigemptyset(&signals);
  (void)sigaddset(&signals, SIGTERM);
  (void)sigaddset(&signals, SIGINT);
  (void)sigaddset(&signals, SIGHUP);
  (void)sigprocmask(SIG_BLOCK, &signals, NULL);
}

int main(int argc, char **argv) {
  cli_open_standard();
  json_end_without_memory();      /* an event that it cannot read would count as none */
  (void)signal(SIGPIPE, SIG_IGN); /* a worker may end at any moment */
  if (sodium_init() < 0) {
    return cli_failure("libsodium does not start on this machine");
  }
  return cli_finish(cli_dispatch("breakglass-agent", commands, argc, argv));
}
