/* SPDX-License-Identifier: BSD-2-Clause */
/* What the workers' programs have in common: arguments, configuration, signals. Reaches what
 * worker.h does. */
#ifndef AGENT_WORKER_PROGRAM_H
#define AGENT_WORKER_PROGRAM_H

#include "worker.h"

struct worker_program {
  const char *name;
  const char *usage; /* of one argument */
  /* Prepares the sink; conf stays. WORKER_DONE, or an exit code after worker_complain(). */
  int (*open)(const struct bg_agent_conf *conf, struct worker_sink *ret_sink);
  /* Another argument that it takes and what is done then, an exit code; NULL: none. */
  const char *argument;
  int (*run)(void);
};

/* main() of a worker; returns an exit code unless it delivers. */
int worker_main(int argc, char **argv, const struct worker_program *program);

/* One line on standard error, with the program's name before it. */
void worker_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
