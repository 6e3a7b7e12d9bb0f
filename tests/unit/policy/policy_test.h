/* SPDX-License-Identifier: BSD-2-Clause */
/* A host in a folder whose configuration a test writes and loads. */
#ifndef POLICY_TEST_H
#define POLICY_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "breakglass/policy.h"
#include "test_paths.h"

#define ADMIN "/etc/breakglass/gate.conf"
#define VENDOR "/usr/lib/breakglass/gate.conf"
/* What every good configuration has. */
#define NEEDED "[host]\nid = web-7\n[token]\nsignatures = issuer:1+approver:1\n"

struct told { /* the problems that a load reported */
  unsigned count;
  char text[64][700]; /* "FILE:LINE: TEXT" */
};

int policy_test_setup(void **state);
int policy_test_teardown(void **state);

/* Loads; NULL after a refusal. The caller frees it. */
struct bg_policy *policy_load(struct told *told);
/* Loads what must be good. */
struct bg_policy *policy_load_good(void);
/* The same with one file only, the admin's. */
struct bg_policy *policy_load_text(const char *text);
/* The admin's file is refused with exactly one problem that has this in it. */
void assert_refused(const char *text, const char *needle);
void assert_told(const struct told *told, const char *needle);

#endif
