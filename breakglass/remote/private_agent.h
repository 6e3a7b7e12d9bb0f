/* SPDX-License-Identifier: BSD-2-Clause */
/* An ssh-agent for one login: its socket lies in a folder of its own that nobody else can enter,
 * and both are gone when it is stopped, or this process is killed. */
#ifndef BREAKGLASS_REMOTE_PRIVATE_AGENT_H
#define BREAKGLASS_REMOTE_PRIVATE_AGENT_H

#include <sys/types.h>

#include "holder.h"

#define PRIVATE_AGENT_PATH_SIZE 108 /* of a socket's address */

struct private_agent {
  char folder[PRIVATE_AGENT_PATH_SIZE]; /* empty: none was made */
  char socket[PRIVATE_AGENT_PATH_SIZE];
  pid_t process; /* 0: not started */
  int lifeline;  /* of a pipe, the end whose closing ends it; 0: none */
};

/* BG_ERR_IO (no folder), BG_ERR_AGENT (no ssh-agent, or it does not answer). Stop it in any case.
 */
BG_MUST_USE enum bg_error private_agent_start(struct private_agent *ret_agent);
void private_agent_stop(struct private_agent *agent); /* of one that was started, or zeroed */

/* Adds the key with its certificate (a line "TYPE BASE64"), to be forgotten after so many seconds.
 * BG_ERR_SYNTAX for what is no certificate, BG_ERR_AGENT, BG_ERR_AGENT_REFUSED. */
BG_MUST_USE enum bg_error private_agent_add(const struct private_agent *agent,
                                            const struct holder *holder, const char *certificate,
                                            uint32_t lifetime);

#endif
