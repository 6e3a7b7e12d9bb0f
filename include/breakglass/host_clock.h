/* SPDX-License-Identifier: BSD-2-Clause */
/* The clocks and identities of this boot and this process. Reaches file.h. */
#ifndef BREAKGLASS_HOST_CLOCK_H
#define BREAKGLASS_HOST_CLOCK_H

#include <sys/types.h>

#include "breakglass/buf.h"

#define BG_BOOT_ID_SIZE 37             /* text of a UUID and NUL */
#define BG_NO_AUDIT_SESSION UINT32_MAX /* "unset" of the kernel */

int64_t bg_clock_now(void);      /* CLOCK_REALTIME, Unix seconds */
int64_t bg_clock_boottime(void); /* CLOCK_BOOTTIME, seconds since boot */
int64_t bg_clock_ms(void);       /* CLOCK_MONOTONIC, milliseconds: how long something may take */
/* When this software was built, Unix seconds: the clock cannot be before it. */
int64_t bg_clock_built(void);

/* Random UUID of this boot, from the kernel. */
BG_MUST_USE enum bg_error bg_boot_id(char ret_id[static BG_BOOT_ID_SIZE]);

/* A process, distinct from a later one with the same pid. */
struct bg_process {
  pid_t pid;
  uint64_t start; /* clock ticks after boot, /proc/PID/stat field 22 */
};
/* BG_ERR_NOT_FOUND if there is no such process. */
BG_MUST_USE enum bg_error bg_process_of(pid_t pid, struct bg_process *ret_process);
BG_MUST_USE enum bg_error bg_process_self(struct bg_process *ret_process);
bool bg_process_is_alive(const struct bg_process *process);
/* Audit session id of the calling process; BG_NO_AUDIT_SESSION if unset. */
BG_MUST_USE enum bg_error bg_audit_session(uint32_t *ret_session);

#endif
