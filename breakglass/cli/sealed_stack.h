/* SPDX-License-Identifier: BSD-2-Clause */
/* One facility of one PAM service, judged: is the gate asked before anything can
 * let one in, and can it let one in? */
#ifndef BREAKGLASS_CLI_SEALED_STACK_H
#define BREAKGLASS_CLI_SEALED_STACK_H

#include "pam_stack.h"
#include "sealed.h"

#define STACK_REASON_SIZE 400

struct stack_verdict {
  enum finding_kind kind;
  char reason[STACK_REASON_SIZE]; /* empty: nothing is wrong */
};

/* way_in: tokens are used here, so the gate itself must be reached and nothing
 * may refuse beside it. */
void stack_judge(const struct pam_stack *stack, const char *facility, bool way_in,
                 struct stack_verdict *ret_verdict);

#endif
