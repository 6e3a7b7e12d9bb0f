/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs in a folder: each gets every event on its standard input. */
#include <config.h>

#include "sink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/program.h"

#define PREFIX "exec."
#define NAME_SIZE (SINK_NAME_SIZE - sizeof PREFIX + 1)

struct own {
  struct bg_program program; /* whose folder is the table's of paths */
  char name[NAME_SIZE];
};

static size_t deliver(struct sink *sink, const struct event_view *views, size_t count, int cancel,
                      char ret_reason[static SINK_REASON_SIZE]) {
  const struct own *own = sink->own;
  size_t taken = 0;
  while (taken < count && bg_program_run(&own->program, views[taken].line, cancel, ret_reason)) {
    taken++;
  }
  return taken;
}

static void free_own(struct sink *sink) {
  free(sink->own);
}

enum bg_error sink_exec_open(const struct bg_program *program, struct sink *ret_sink) {
  if (strlen(program->name) >= NAME_SIZE) {
    return BG_ERR_TOO_LARGE;
  }
  struct own *own = calloc(1, sizeof *own);
  if (own == NULL) {
    return BG_ERR_NOMEM;
  }
  own->program = *program;
  bg_text_fit(sizeof own->name, own->name, program->name);
  own->program.name = own->name;
  *ret_sink = (struct sink){.window = 1, .deliver = deliver, .free = free_own, .own = own};
  (void)snprintf(ret_sink->name, sizeof ret_sink->name, PREFIX "%s", own->name);
  return BG_OK;
}
