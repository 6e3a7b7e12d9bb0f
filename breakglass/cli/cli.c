/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void print_usage(FILE *out, const char *program, const struct cli_command *commands) {
  (void)fprintf(out, "usage: %s COMMAND [...]\n\n", program);
  for (const struct cli_command *command = commands; command->name != NULL; command++) {
    if (command->summary != NULL) {
      (void)fprintf(out, "  %-10s %s\n", command->name, command->summary);
    }
  }
}

int cli_dispatch(const char *program, const struct cli_command *commands, int argc, char **argv) {
  if (argc < 2) {
    print_usage(stderr, program, commands);
    return CLI_USAGE;
  }
  if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
    print_usage(stdout, program, commands);
    return CLI_OK;
  }
  for (const struct cli_command *command = commands; command->name != NULL; command++) {
    if (strcmp(command->name, argv[1]) == 0) {
      return command->run(argc - 1, argv + 1);
    }
  }
  (void)cli_usage_error("%s: no command '%s'", program, argv[1]);
  print_usage(stderr, program, commands);
  return CLI_USAGE;
}

__attribute__((format(printf, 1, 0))) static void complain(const char *format, va_list args) {
  (void)fputs("breakglass: ", stderr);
  (void)vfprintf(stderr, format, args);
  (void)fputc('\n', stderr);
}

int cli_usage_error(const char *format, ...) {
  va_list args;
  va_start(args, format);
  complain(format, args);
  va_end(args);
  return CLI_USAGE;
}

int cli_failure(const char *format, ...) {
  va_list args;
  va_start(args, format);
  complain(format, args);
  va_end(args);
  return CLI_FAILED;
}
