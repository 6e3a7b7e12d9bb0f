/* SPDX-License-Identifier: BSD-2-Clause */
/* What a thread may do beyond what a plain process of root's user id may. */
#ifndef AGENT_PRIVILEGES_H
#define AGENT_PRIVILEGES_H

#include "breakglass/error.h"

/* Takes all capabilities from the calling thread, and so from the threads that it starts from now
 * on; where systemd's NoNewPrivileges= holds, from the programs that these start, too: a program of
 * root's gains none there. Threads that run already keep theirs. BG_ERR_DENIED. */
BG_MUST_USE enum bg_error privileges_drop(void);

#endif
