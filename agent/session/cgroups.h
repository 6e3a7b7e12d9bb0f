/* SPDX-License-Identifier: BSD-2-Clause */
/* The control groups that logind and systemd keep a session's processes in. Reaches core,
 * processes.h. */
#ifndef BREAKGLASS_AGENT_CGROUPS_H
#define BREAKGLASS_AGENT_CGROUPS_H

#include <stdint.h>
#include <sys/types.h>

#include "breakglass/paths.h"

enum cgroup_kill {
  CGROUP_KILLED, /* the kernel KILLs all in it, and what they start meanwhile */
  CGROUP_NONE,   /* there is no such group */
  CGROUP_UNABLE, /* this kernel cannot, or it is not the unified hierarchy: kill_all() can */
  CGROUP_OWN,    /* the caller is in it: nothing was done */
};

/* "/user.slice/user-UID.slice/session-N.scope", "/user.slice/user-UID.slice/user@UID.service". */
void cgroup_of_session(uid_t uid, uint32_t audit_session, char ret_cgroup[static BG_PATH_SIZE]);
void cgroup_of_manager(uid_t uid, char ret_cgroup[static BG_PATH_SIZE]);

enum cgroup_kill cgroup_kill(int processes, const char *cgroup);

#endif
