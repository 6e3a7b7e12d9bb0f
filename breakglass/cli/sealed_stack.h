/* SPDX-License-Identifier: BSD-2-Clause */
/* One facility of one PAM service, judged: is the gate asked before anything can
 * let one in, and can it let one in? */
#ifndef BREAKGLASS_CLI_SEALED_STACK_H
#define BREAKGLASS_CLI_SEALED_STACK_H

#include "pam_stack.h"
#include "sealed.h"

#define GATE_MODULE "pam_breakglass.so"
#define STACK_REASON_SIZE 400

struct stack_verdict {
  enum finding_kind kind;
  char reason[STACK_REASON_SIZE]; /* empty: nothing is wrong */
};

/* way_in: tokens are used here, so the gate itself must be reached and nothing
 * may refuse beside it. */
void stack_judge(const struct pam_stack *stack, const char *facility, bool way_in,
                 struct stack_verdict *ret_verdict);

/* Whether the line can neither end the stack with success nor jump over what follows. */
bool stack_passes_on(const struct pam_line *line);

/* Of a service where tokens are used: whether its sessions get what the gate needs before
 * it, and what ends them behind it. Silent about a stack without the gate. */
void judge_session(const char *service, const struct pam_stack *stack,
                   struct sealed_report *report);

#endif
