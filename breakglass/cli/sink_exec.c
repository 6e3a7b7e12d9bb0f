/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs in a folder: each gets every event on its standard input. */
#include <config.h>

#include <stdio.h>

#include "breakglass/paths.h"
#include "breakglass/program.h"
#include "cli.h"
#include "sink.h"

#define NAME_SIZE 300

bool sink_exec_deliver(const struct sink *sink, const struct bg_stored_event *event,
                       const struct event_view *view) {
  (void)event;
  char reason[BG_PROGRAM_REASON_SIZE];
  bool taken = bg_program_run(sink->program, view->line, -1, reason);
  if (!taken) {
    (void)cli_failure("%s/%s: %s", sink->program->folder, sink->program->name, reason);
  }
  return taken;
}

struct round { /* over all programs */
  int (*deliver)(const struct sink *sink, int64_t last);
  int64_t last;
  int status;
};

/* The others get theirs all the same. */
static void deliver_to(void *context, const struct bg_program *program, const char *problem) {
  struct round *round = context;
  char cursor[NAME_SIZE];
  const struct sink sink = {.name = cursor, .program = program, .deliver = sink_exec_deliver};
  (void)snprintf(cursor, sizeof cursor, "exec.%s", program->name);
  int status = problem == NULL
                   ? round->deliver(&sink, round->last)
                   : cli_failure("%s/%s is not run: %s", program->folder, program->name, problem);
  if (status != CLI_OK) {
    round->status = CLI_FAILED;
  }
}

int sink_exec_each(int (*deliver)(const struct sink *sink, int64_t last), int64_t last) {
  const char *folder = bg_paths()->sinks_dir;
  struct round round = {.deliver = deliver, .last = last, .status = CLI_OK};
  enum bg_error err = bg_programs_each(folder, bg_paths()->owner, deliver_to, &round);
  if (err == BG_ERR_NOT_FOUND) {
    return CLI_OK; /* no folder, no programs */
  }
  return err == BG_OK ? round.status : cli_failure("%s: %s", folder, bg_strerror(err));
}
