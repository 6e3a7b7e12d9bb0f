/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "log.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "breakglass/text.h"

#define TEXT_SIZE 1024

/* What systemd reads off the line; a terminal would show it. */
static const char *prefix(enum log_level level) {
  if (getenv("JOURNAL_STREAM") == NULL) {
    return "";
  }
  return level == LOG_LEVEL_WARNING ? SD_WARNING : SD_NOTICE;
}

/* A journal, or a pipe, that takes nothing holds up nobody: the line is lost. A pipe that can be
 * written takes as much as this. */
static void write_line(const char *line, size_t len) {
  struct pollfd out = {.fd = STDERR_FILENO, .events = POLLOUT};
  if (send(STDERR_FILENO, line, len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 && errno == ENOTSOCK &&
      poll(&out, 1, 0) > 0) {
    (void)!write(STDERR_FILENO, line, len);
  }
}

static void clean(char *text) {
  if (!bg_text_is_clean(bg_bytes_of(text))) {
    for (char *at = text; *at != '\0'; at++) {
      *at = *at >= ' ' && *at < 0x7F ? *at : '?';
    }
  }
}

void agent_log(enum log_level level, const char *format, ...) {
  char text[TEXT_SIZE];
  char line[TEXT_SIZE + 64];
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  clean(text);
  const int len = snprintf(line, sizeof line, "%sbreakglass-agent: %s\n", prefix(level), text);
  write_line(line, (size_t)len);
}
