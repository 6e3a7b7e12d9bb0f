/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "program.h"

#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/json_read.h"
#include "breakglass/text.h"

static const char *program_name = "breakglass";

void worker_complain(const char *format, ...) {
  char text[1024];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(text, sizeof text, format, args);
  va_end(args);
  bool clean = bg_text_is_clean(bg_bytes_of(text));
  for (char *at = text; !clean && *at != '\0'; at++) {
    *at = (char)(*at >= ' ' && *at <= '~' ? *at : '?');
  }
  (void)fprintf(stderr, "%s: %s\n", program_name, text);
}

/* In the place of standard files that are closed: what is opened next is not taken for one. */
static void open_standard(void) {
  int fd;
  do {
    fd = open("/dev/null", O_RDONLY);
  } while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd > STDERR_FILENO) {
    (void)close(fd);
  }
}

/* Whoever starts a worker may have blocked signals for a descriptor of its own. */
static void take_signals(void) {
  sigset_t none;
  (void)signal(SIGTERM, SIG_DFL);
  (void)signal(SIGINT, SIG_DFL);
  (void)signal(SIGPIPE, SIG_IGN);
  (void)sigemptyset(&none);
  (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

struct told { /* the first problem, and how many there are */
  char text[768];
  unsigned count;
};

static void on_problem(void *context, const struct bg_conf_problem *problem) {
  struct told *told = context;
  if (told->count++ > 0) {
    return;
  }
  if (problem->line > 0) {
    (void)snprintf(told->text, sizeof told->text, "%s:%u: %s", problem->file, problem->line,
                   problem->text);
  } else {
    (void)snprintf(told->text, sizeof told->text, "%s: %s", problem->file, problem->text);
  }
}

static int complain_of(const struct told *told, enum bg_error err) {
  if (told->count > 1) {
    worker_complain("%s (and %u more)", told->text, told->count - 1);
  } else {
    worker_complain("%s", told->count > 0 ? told->text : bg_strerror(err));
  }
  return err == BG_REFUSED_CONFIG ? WORKER_CONFIG : WORKER_BROKEN;
}

static int open_sink(const struct worker_program *program, struct worker_sink *ret_sink) {
  struct told told = {0};
  struct bg_agent_conf *conf = NULL;
  enum bg_error err = bg_agent_conf_load(NULL, on_problem, &told, &conf);
  if (err != BG_OK) {
    return complain_of(&told, err);
  }
  int result = program->open(conf, ret_sink);
  if (result != WORKER_DONE) {
    free(conf); /* otherwise the sink's, until the end */
  }
  return result;
}

static int deliver(const struct worker_program *program, bool check) {
  struct worker_sink sink = {0};
  int result = open_sink(program, &sink);
  if (result != WORKER_DONE) {
    return result;
  }
  if (check) {
    worker_check(&sink);
  }
  worker_run(&sink);
}

static int show(FILE *out, const char *text, int result) {
  return fprintf(out, "%s\n", text) >= 0 && fflush(out) == 0 ? result : WORKER_BROKEN;
}

int worker_main(int argc, char **argv, const struct worker_program *program) {
  const char *argument = argc == 2 ? argv[1] : "";
  program_name = program->name;
  open_standard();
  take_signals();
  json_end_without_memory(); /* what it cannot read would be told of as no event */
  if (strcmp(argument, "--version") == 0) {
    return show(stdout, PACKAGE_STRING, WORKER_DONE);
  }
  if (strcmp(argument, "--help") == 0) {
    return show(stdout, program->usage, WORKER_DONE);
  }
  if (sodium_init() < 0) {
    worker_complain("libsodium cannot be used");
    return WORKER_BROKEN;
  }
  if (program->argument != NULL && strcmp(argument, program->argument) == 0) {
    return program->run();
  }
  const bool check = strcmp(argument, "--check") == 0;
  return argc == 1 || check ? deliver(program, check) : show(stderr, program->usage, WORKER_CONFIG);
}
