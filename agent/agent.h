/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass-agent: what its subcommands share. */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

#include "breakglass/error.h"

int agent_run(int argc, char **argv);
int agent_warden(int argc, char **argv);
int agent_deliver(int argc, char **argv);
int agent_check(int argc, char **argv);

/* Those that the loops handle; before there are other threads. */
void agent_block_signals(void);

/* Makes the folders whose changes are waited for, and sees to it that one program at a time holds
 * the file at path (agent_lock: delivers; warden_lock: ends sessions), until the end of the process
 * or agent_unlock(). BG_ERR_BUSY if another does; BG_ERR_DENIED, BG_ERR_IO. */
BG_MUST_USE enum bg_error agent_lock(const char *path, int *ret_lock);
void agent_unlock(int lock);

#endif
