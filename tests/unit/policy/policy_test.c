/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "policy_test.h"

#include <stdio.h>
#include <string.h>

int policy_test_setup(void **state) {
  (void)state;
  (void)test_root_create();
  return 0;
}

int policy_test_teardown(void **state) {
  (void)state;
  test_root_remove();
  return 0;
}

static void on_problem(void *context, const struct bg_conf_problem *problem) {
  struct told *told = context;
  assert_true(told->count < 64);
  (void)snprintf(told->text[told->count++], sizeof told->text[0], "%s:%u: %s", problem->file,
                 problem->line, problem->text);
}

struct bg_policy *policy_load(struct told *told) {
  struct bg_policy *policy = NULL;
  told->count = 0;
  enum bg_error err = bg_policy_load(NULL, on_problem, told, &policy);
  assert_int_equal(err, told->count == 0 ? BG_OK : BG_REFUSED_CONFIG);
  assert_int_equal(policy != NULL, err == BG_OK);
  return policy;
}

struct bg_policy *policy_load_good(void) {
  static struct told told;
  struct bg_policy *policy = policy_load(&told);
  if (told.count > 0) {
    fail_msg("%s", told.text[0]);
  }
  return policy;
}

struct bg_policy *policy_load_text(const char *text) {
  test_root_write(ADMIN, text);
  return policy_load_good();
}

void assert_told(const struct told *told, const char *needle) {
  for (unsigned i = 0; i < told->count; i++) {
    if (strstr(told->text[i], needle) != NULL) {
      return;
    }
  }
  fail_msg("not told: %s; but: %s", needle, told->count > 0 ? told->text[0] : "nothing");
}

void assert_refused(const char *text, const char *needle) {
  static struct told told;
  test_root_write(ADMIN, text);
  struct bg_policy *policy = policy_load(&told);
  if (policy != NULL) {
    free(policy);
    fail_msg("taken: %s", text);
  }
  assert_told(&told, needle);
  if (told.count != 1) {
    fail_msg("%u problems, the second: %s", told.count, told.text[1]);
  }
}
