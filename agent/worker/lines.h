/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines out of a pipe, with a bound. Reaches core. */
#ifndef AGENT_WORKER_LINES_H
#define AGENT_WORKER_LINES_H

#include "breakglass/event.h"

#define LINE_MAX_BYTES BG_EVENT_MAX /* its line end included */

/* Zero-initialise. */
struct lines {
  uint8_t bytes[2 * LINE_MAX_BYTES];
  size_t start, len;
  bool passing_over; /* the rest of a line that was too long */
  bool ended;        /* nothing more will come */
};

/* Takes what can be read now, once; waits if that is nothing. Of no use while a whole line has not
 * been taken. */
void lines_read(struct lines *lines, int fd);

enum line { LINE_NONE, LINE_WHOLE, LINE_BROKEN };

/* The next line, which is a view with its line end until the next lines_read(). LINE_BROKEN, once,
 * for one that is longer than LINE_MAX_BYTES or has no line end before the end. */
enum line lines_next(struct lines *lines, struct bg_bytes *ret_line);

#endif
