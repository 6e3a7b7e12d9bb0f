/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "policy_test.h"

#include <stdio.h>
#include <string.h>

struct bg_policy *policy_load(struct told *told) {
  struct bg_policy *policy = NULL;
  told->count = 0;
  enum bg_error err = bg_policy_load(NULL, test_tell, told, &policy);
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

void assert_refused(const char *text, const char *needle) {
  static struct told told;
  test_root_write(ADMIN, text);
  struct bg_policy *policy = policy_load(&told);
  if (policy != NULL) {
    free(policy);
    fail_msg("taken: %s", text);
  }
  assert_told_alone(&told, needle);
}
