/* SPDX-License-Identifier: BSD-2-Clause */
/* For whom a request waits, in words. */
#ifndef BREAKGLASS_REMOTE_PROGRESS_H
#define BREAKGLASS_REMOTE_PROGRESS_H

#include "request_view.h"

#define PROGRESS_SIZE 1024

/* "waiting for sre (1 of 2: bob) and security (0 of 1)" */
void progress_whom(const struct request_view *view, char ret_text[static PROGRESS_SIZE]);
/* The same with " · 12:31 left". */
void progress_line(const struct request_view *view, int64_t now,
                   char ret_text[static PROGRESS_SIZE]);

#endif
