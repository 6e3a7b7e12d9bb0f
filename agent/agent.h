/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass-agent: what its subcommands share. */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

#include "breakglass/error.h"

int agent_run(int argc, char **argv);
int agent_deliver(int argc, char **argv);
int agent_check(int argc, char **argv);

/* Makes the folders that it waits for changes of, and sees to it that one program delivers at a
 * time, until the end of the process or agent_unlock(). BG_ERR_BUSY if another does; BG_ERR_DENIED,
 * BG_ERR_IO.
 */
BG_MUST_USE enum bg_error agent_lock(int *ret_lock);
void agent_unlock(int lock);

#endif
