/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "cli.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/paths.h"
#include "breakglass/text.h"

#define MESSAGE_SIZE 2048

/* The subcommand that runs, for messages. */
static const struct cli_command *current;
static char current_name[64];

/* Who complains: the program of the first table. */
static const char *complainer;

static void print_usage(FILE *out, const char *program, const struct cli_command *commands) {
  (void)fprintf(out, "usage: %s COMMAND [...]\n\n", program);
  for (const struct cli_command *command = commands; command->name != NULL; command++) {
    if (command->summary != NULL) {
      (void)fprintf(out, "  %-11s %s\n", command->name, command->summary);
    }
  }
}

static bool asks_for_help(int argc, char **argv) {
  for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++) {
    if (strcmp(argv[i], "--help") == 0) {
      return true;
    }
  }
  return false;
}

static int run(const char *program, const struct cli_command *command, int argc, char **argv) {
  current = command;
  (void)snprintf(current_name, sizeof current_name, "%s %s", program, command->name);
  if (command->usage != NULL && asks_for_help(argc, argv)) {
    (void)puts(command->usage);
    return CLI_OK;
  }
  return command->run(argc - 1, argv + 1);
}

int cli_dispatch(const char *program, const struct cli_command *commands, int argc, char **argv) {
  complainer = complainer != NULL ? complainer : program;
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
      return run(program, command, argc, argv);
    }
  }
  (void)cli_usage_error("'%s' is no command of %s", argv[1], program);
  print_usage(stderr, program, commands);
  return CLI_USAGE;
}

/* What was written, which getopt takes for an option that only begins so. */
static const char *option_word(char **argv) {
  return argv[optarg != NULL && optarg == argv[optind - 1] ? optind - 2 : optind - 1];
}

static bool is_whole(const char *word, const char *name) {
  size_t len = strlen(name);
  return strncmp(word, "--", 2) == 0 && strncmp(word + 2, name, len) == 0 &&
         (word[2 + len] == '\0' || word[2 + len] == '=');
}

int cli_option(int argc, char **argv, const struct option *options) {
  int index = 0;
  int before = optind;
  opterr = 0;
  optarg = NULL;
  int option = getopt_long(argc, argv, ":", options, &index);
  if (option == -1 ||
      (option != '?' && option != ':' && is_whole(option_word(argv), options[index].name))) {
    return option;
  }
  const char *word = optind > before ? option_word(argv) : argv[optind];
  if (option == ':') {
    (void)cli_usage_error("'%s' of %s needs a value; --help shows all", word, current_name);
  } else {
    (void)cli_usage_error("'%s' is no option of %s; --help shows all", word, current_name);
  }
  return '?';
}

int cli_wrong_arguments(void) {
  (void)fprintf(stderr, "%s\n", current->usage);
  return CLI_USAGE;
}

__attribute__((format(printf, 1, 0))) static void complain(const char *format, va_list args) {
  char text[MESSAGE_SIZE];
  (void)vsnprintf(text, sizeof text, format, args);
  bool clean = bg_text_is_clean(bg_bytes_of(text));
  for (char *at = text; !clean && *at != '\0'; at++) {
    *at = *at >= ' ' && *at <= '~' ? *at : '?';
  }
  (void)fprintf(stderr, "%s: %s\n", complainer != NULL ? complainer : "breakglass", text);
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

int cli_host_failure(const char *what, enum bg_error err) {
  return cli_failure("%s: %s%s", what, bg_strerror(err),
                     geteuid() == bg_paths()->owner ? "" : " (only root can do this)");
}

bool cli_all_is_written(void) {
  if (fflush(stdout) == 0 && ferror(stdout) == 0) {
    return true;
  }
  (void)cli_failure("standard output cannot be written");
  return false;
}

int cli_finish(int result) {
  return cli_all_is_written() || result != CLI_OK ? result : CLI_FAILED;
}

int cli_version(int argc, char **argv) {
  (void)argv;
  if (argc > 1) {
    return cli_usage_error("--version takes no arguments");
  }
  puts(PACKAGE_STRING);
  return CLI_OK;
}

void cli_open_standard(void) {
  int fd;
  do {
    fd = open("/dev/null", O_RDONLY); /* the lowest that is free, and for programs that are run */
  } while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd > STDERR_FILENO) {
    (void)close(fd);
  }
}
