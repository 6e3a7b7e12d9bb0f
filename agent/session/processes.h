/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel says of the host's processes. Each may end, and its pid be given to another,
 * between two calls: who acts on one holds a pidfd over it before asking. Reaches core. */
#ifndef BREAKGLASS_AGENT_PROCESSES_H
#define BREAKGLASS_AGENT_PROCESSES_H

#include <sys/types.h>

#include "breakglass/host_clock.h"

/* An open folder of all processes; close(2) it. BG_ERR_IO. */
BG_MUST_USE enum bg_error processes_open(int *ret_processes);

/* Calls on_process for every process, with its audit session of now. BG_ERR_IO. */
typedef void process_fn(void *context, pid_t pid, uint32_t audit_session);
BG_MUST_USE enum bg_error processes_each(int processes, process_fn *on_process, void *context);

/* BG_NO_AUDIT_SESSION if it has none, or is gone. */
uint32_t process_audit_session(int processes, pid_t pid);
/* When it started, ticks after boot; false if it is gone, or hidden from the caller. */
bool process_start(int processes, pid_t pid, uint64_t *ret_start);
/* Its controlling terminal; 0 if it has none, or is gone. */
dev_t process_terminal(int processes, pid_t pid);
/* Who logged in to start it; false if nobody, or it is gone. */
bool process_login_uid(int processes, pid_t pid, uid_t *ret_uid);
/* Whether it is in this control group ("/user.slice/...") or below it, in any hierarchy. pid 0 is
 * the caller. */
bool process_is_in_cgroup(int processes, pid_t pid, const char *cgroup);

/* A descriptor for the process while it is the one that started then: BG_ERR_NOT_FOUND if it is
 * gone, BG_ERR_IO if that cannot be known: it is hidden, or there is no descriptor or memory. */
BG_MUST_USE enum bg_error process_hold(int processes, const struct bg_process *process,
                                       int *ret_pidfd);
/* Whether all of its threads have ended. */
bool process_has_ended(int pidfd);

#endif
