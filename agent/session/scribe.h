/* SPDX-License-Identifier: BSD-2-Clause */
/* Does a sheet on a thread of its own, so that no session's end waits for what is done for another
 * one. Reaches sheet.h. */
#ifndef BREAKGLASS_AGENT_SCRIBE_H
#define BREAKGLASS_AGENT_SCRIBE_H

#include "sheet.h"

struct scribe;

/* Begins with the sheet, which is the scribe's until scribe_end(). The epoll becomes readable once
 * it is done. NULL: no thread, descriptor or memory; the sheet stays the caller's then. */
struct scribe *scribe_start(struct sheet *sheet, int epoll);
/* Whether it is done; once true, end it. */
bool scribe_is_done(const struct scribe *scribe);
/* Waits until it is done, and gives the sheet back. */
struct sheet *scribe_end(struct scribe *scribe);

#endif
