/* SPDX-License-Identifier: BSD-2-Clause */
/* One writer at a time, waited for no longer than two seconds. Reaches only error.h. */
#ifndef BREAKGLASS_LOCK_H
#define BREAKGLASS_LOCK_H

#include "breakglass/error.h"

/* Locks the file at path, made if it is missing; close(*ret_fd) unlocks, as
 * does the end of the process. BG_ERR_BUSY after two seconds, BG_ERR_DENIED, BG_ERR_IO. */
BG_MUST_USE enum bg_error bg_lock_take(const char *path, int *ret_fd);

#endif
