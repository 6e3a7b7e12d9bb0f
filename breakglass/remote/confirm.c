/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "confirm.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <termios.h>
#include <unistd.h>

enum confirm confirm_ask(void (*show)(FILE *terminal, const void *context), const void *context,
                         const char *question) {
  char line[16] = "";
  int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  FILE *terminal = fd >= 0 ? fdopen(fd, "r+") : NULL;
  if (terminal == NULL) {
    if (fd >= 0) {
      (void)close(fd);
    }
    return CONFIRM_NOBODY;
  }
  show(terminal, context);
  (void)fflush(terminal);
  (void)tcflush(fd, TCIFLUSH); /* what was typed before the question is no answer to it */
  (void)fprintf(terminal, "%s [y/N] ", question);
  (void)fflush(terminal);
  bool answered = !ferror(terminal) && fgets(line, sizeof line, terminal) != NULL;
  (void)fclose(terminal);
  line[strcspn(line, "\r\n")] = '\0';
  return answered && (strcasecmp(line, "y") == 0 || strcasecmp(line, "yes") == 0) ? CONFIRM_YES
                                                                                  : CONFIRM_NO;
}
