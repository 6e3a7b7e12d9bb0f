/* SPDX-License-Identifier: BSD-2-Clause */
/* A program that gets each event on its standard input. */
#include <config.h>

#include "sink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/program.h"

#define PREFIX "exec."
#define NAME_SIZE (LEASE_SINK_NAME_SIZE - sizeof PREFIX + 1)

struct own {
  struct bg_program program;
  char name[NAME_SIZE];
};

static bool deliver(struct sink *sink, const struct lease_event *event, int cancel,
                    char ret_reason[static SINK_REASON_SIZE]) {
  const struct own *own = sink->own;
  return bg_program_run(&own->program, event->text, cancel, ret_reason);
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
  *ret_sink = (struct sink){.deliver = deliver, .free = free, .own = own};
  (void)snprintf(ret_sink->name, sizeof ret_sink->name, PREFIX "%s", own->name);
  return BG_OK;
}

void sink_close(struct sink *sink) {
  if (sink->free != NULL) {
    sink->free(sink->own);
  }
  *sink = (struct sink){0};
}
