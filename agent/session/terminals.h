/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines on the terminals of sessions. Reaches core, processes.h. */
#ifndef BREAKGLASS_AGENT_TERMINALS_H
#define BREAKGLASS_AGENT_TERMINALS_H

#include <sys/types.h>

#include "breakglass/host_clock.h"

#define TERMINALS_MAX 64 /* of one session; those beyond are told nothing */

struct terminals {
  dev_t devices[TERMINALS_MAX]; /* each once */
  size_t count;
};

/* Those that processes of the audit session have as their controlling terminal, and the one of that
 * name ("tty1", "pts/3"; empty: none). */
void terminals_of(int processes, uint32_t audit_session, const char *name,
                  struct terminals *ret_terminals);

/* Writes the text to each, or as much as one takes at once: nobody who has stopped a terminal holds
 * the caller up. Opened without following a link and without becoming the caller's own; what is no
 * terminal of that number, or no terminal, is passed over, and so is a pseudo-terminal that does
 * not belong to owner; TERMINALS_NO_OWNER: each. Answers how many were told. */
#define TERMINALS_NO_OWNER ((uid_t)-1)
size_t terminals_tell(const struct terminals *terminals, uid_t owner, const char *text);

#endif
