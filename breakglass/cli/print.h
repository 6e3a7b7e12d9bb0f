/* SPDX-License-Identifier: BSD-2-Clause */
/* What programs that read a configuration print. */
#ifndef BREAKGLASS_CLI_PRINT_H
#define BREAKGLASS_CLI_PRINT_H

#include "breakglass/policy.h"

/* "FILE:LINE: what is wrong" on standard error; a bg_conf_problem_fn. */
void print_conf_problem(void *context, const struct bg_conf_problem *problem);

/* The document and a newline on standard output; CLI_FAILED after saying so if it did not fit. */
int print_json_document(const struct bg_buf *buf);

#endif
