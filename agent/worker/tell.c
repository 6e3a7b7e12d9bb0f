/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "queue.h"

#define PATIENCE_MS 10000

/* A pipe that can be written to takes as many bytes whole; ours are fewer than a page. */
static void say(const char *text, size_t len) {
  struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
  if (poll(&output, 1, PATIENCE_MS) != 1 || write(STDOUT_FILENO, text, len) != (ssize_t)len) {
    _exit(WORKER_BROKEN); /* nobody listens */
  }
}

void worker_tell(const char *word, const char *reason) {
  char text[16 + WORKER_REASON_SIZE];
  (void)snprintf(text, sizeof text - 1, "%s%s%.*s", word, reason != NULL ? " " : "",
                 WORKER_REASON_SIZE - 1, reason != NULL ? reason : "");
  size_t len = strlen(text);
  for (size_t i = 0; i < len; i++) {
    text[i] = (char)(text[i] >= ' ' && text[i] <= '~' ? text[i] : '?');
  }
  text[len++] = '\n';
  say(text, len);
}

void worker_tell_taken(size_t count) {
  char text[WORKER_QUEUE * 3 + 1];
  struct bg_buf buf = BG_BUF(text);
  for (; count > 0; count--) {
    bg_buf_put_text(&buf, "ok\n");
  }
  say(text, buf.len);
}
