/* SPDX-License-Identifier: BSD-2-Clause */
/* What reading a configuration has told of problems. */
#ifndef BREAKGLASS_TEST_TOLD_H
#define BREAKGLASS_TEST_TOLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "breakglass/policy.h"

struct told {
  unsigned count;
  char text[64][700]; /* "FILE:LINE: TEXT" */
};

/* A bg_conf_problem_fn, with a struct told. */
void test_tell(void *context, const struct bg_conf_problem *problem);
void assert_told(const struct told *told, const char *needle);
/* Exactly one problem, with this in it. */
void assert_told_alone(const struct told *told, const char *needle);

/* Each test's own host in a folder. */
int told_setup(void **state);
int told_teardown(void **state);

#endif
