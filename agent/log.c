/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "breakglass/text.h"

#define LINE_SIZE 1024

/* What systemd reads off the line; a terminal would show it. */
static const char *prefix(enum log_level level) {
  if (getenv("JOURNAL_STREAM") == NULL) {
    return "";
  }
  return level == LOG_LEVEL_WARNING ? SD_WARNING : SD_NOTICE;
}

void agent_log(enum log_level level, const char *format, ...) {
  char line[LINE_SIZE];
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  if (!bg_text_is_clean(bg_bytes_of(line))) {
    for (char *at = line; *at != '\0'; at++) {
      *at = *at >= ' ' && *at < 0x7F ? *at : '?';
    }
  }
  (void)fprintf(stderr, "%sbreakglass-agent: %s\n", prefix(level), line);
}
