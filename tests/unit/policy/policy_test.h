/* SPDX-License-Identifier: BSD-2-Clause */
/* A host in a folder whose configuration a test writes and loads. */
#ifndef POLICY_TEST_H
#define POLICY_TEST_H

#include "breakglass/policy.h"
#include "test_paths.h"
#include "test_told.h"

#define ADMIN "/etc/breakglass/gate.conf"
#define VENDOR "/usr/lib/breakglass/gate.conf"
/* What every good configuration has. */
#define NEEDED "[host]\nid = web-7\n[token]\nsignatures = issuer:1+approver:1\n"

/* Loads; NULL after a refusal. The caller frees it. */
struct bg_policy *policy_load(struct told *told);
/* Loads what must be good. */
struct bg_policy *policy_load_good(void);
/* The same with one file only, the admin's. */
struct bg_policy *policy_load_text(const char *text);
/* The admin's file is refused with exactly one problem that has this in it. */
void assert_refused(const char *text, const char *needle);

#endif
