/* SPDX-License-Identifier: BSD-2-Clause */
/* Everything that is wrong with a host's gate, found in one run. */
#ifndef BREAKGLASS_CLI_POLICY_REPORT_H
#define BREAKGLASS_CLI_POLICY_REPORT_H

#include <stdbool.h>

#include "sealed.h"

struct policy_problem {
  enum finding_kind kind;
  const char *file; /* NULL: no file alone */
  unsigned line;    /* 0: the whole file */
  const char *text;
};

struct policy_check {
  bool image;              /* an image, not a host yet: it has no identity */
  bool configuration_only; /* do not look at PAM and sshd */
  const char *host_key;    /* as for judge_sshd() */
  void (*on_problem)(void *context, const struct policy_problem *problem);
  void *context;
  /* Results. */
  unsigned errors;    /* all but warnings */
  bool locked_out;    /* some way in that no token can open */
  enum sealed sealed; /* of PAM, sshd and what stands around them: a broken configuration lets
                     nobody in */
};

void policy_check_run(struct policy_check *check);

#endif
