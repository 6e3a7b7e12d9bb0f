/* SPDX-License-Identifier: BSD-2-Clause */
/* The metrics in a file of the node exporter's folder, breakglass.prom, kept on a thread of its
 * own: neither the loop nor anybody who delivers waits for that folder. It is written when
 * something is told, and each minute: who installs a list or takes a grant away tells nobody. */
#ifndef AGENT_TEXTFILE_H
#define AGENT_TEXTFILE_H

#include "state.h"

struct textfile;
/* BG_ERR_NOMEM. */
BG_MUST_USE enum bg_error textfile_start(struct textfile **ret_textfile);
/* What is to stand there from now on; all is copied. An empty folder: no file. Waits for nothing:
 * of two that come while the folder is busy the last is written. */
void textfile_tell(struct textfile *textfile, const char *folder, const struct agent_state *state);
/* Waits until then (bg_clock_ms()) for its thread, which removes the file. False: it does not
 * end; it is left to itself, with all that it uses. */
BG_MUST_USE bool textfile_stop(struct textfile *textfile, int64_t until);

#endif
