/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "sinks.h"

#include <stdarg.h>
#include <stdio.h>

#include "breakglass/paths.h"
#include "breakglass/program.h"

struct listing {
  sink_fn *on_sink;
  sink_problem_fn *on_problem;
  void *context;
  size_t count;
  enum bg_error err;
};

static void complain(const struct listing *listing, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void complain(const struct listing *listing, const char *format, ...) {
  char text[BG_PATH_SIZE + SINK_NAME_SIZE + 128];
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  listing->on_problem(listing->context, text);
}

static void give(struct listing *listing, struct sink *sink) {
  listing->count++;
  listing->on_sink(listing->context, sink);
  sink_close(sink);
}

static void give_program(void *context, const struct bg_program *program, const char *problem) {
  struct listing *listing = context;
  struct sink sink = {0};
  if (problem == NULL && listing->count == SINKS_MAX) {
    problem = "there are too many before it";
  }
  if (problem == NULL) {
    switch (sink_exec_open(program, &sink)) {
    case BG_OK:
      break;
    case BG_ERR_TOO_LARGE:
      problem = "its name is too long";
      break;
    default:
      problem = "out of memory";
      listing->err = BG_ERR_NOMEM;
    }
  }
  if (problem != NULL) {
    complain(listing, "%s/%s is not run: %s", program->folder, program->name, problem);
  } else {
    give(listing, &sink);
  }
}

static void give_programs(struct listing *listing) {
  const char *folder = bg_paths()->sinks_dir;
  enum bg_error err = bg_programs_each(folder, bg_paths()->owner, give_program, listing);
  if (err != BG_OK && err != BG_ERR_NOT_FOUND) { /* no folder, no programs */
    complain(listing, "%s: %s", folder, bg_strerror(err));
  }
}

static void give_worker(struct listing *listing, const char *name, const char *program) {
  struct sink sink = {0};
  if (sink_worker_open(name, program, &sink) == BG_OK) {
    give(listing, &sink);
  } else {
    complain(listing, "sink %s is not told: out of memory", name);
    listing->err = BG_ERR_NOMEM;
  }
}

static void give_all(struct listing *listing, const struct bg_policy *policy) {
  if (policy->sink_webhook) {
    give_worker(listing, "webhook", WEBHOOK_PROGRAM);
  }
  if (policy->sink_nats) {
    give_worker(listing, "nats", NATS_PROGRAM);
  }
  if (policy->sink_exec) {
    give_programs(listing);
  }
}

enum bg_error sinks_each(const struct bg_policy *policy, sink_fn *on_sink,
                         sink_problem_fn *on_problem, void *context) {
  struct listing listing = {.on_sink = on_sink, .on_problem = on_problem, .context = context};
  struct sink journal;
  sink_journal_open(&journal);
  give(&listing, &journal);
  if (policy == NULL) {
    complain(&listing, "gate.conf is wrong (breakglass policy check): only the journal is told");
  } else {
    give_all(&listing, policy);
  }
  return listing.err;
}
