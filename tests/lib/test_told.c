/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "test_told.h"

#include <stdio.h>
#include <string.h>

#include "test_paths.h"

int told_setup(void **state) {
  (void)state;
  (void)test_root_create();
  return 0;
}

int told_teardown(void **state) {
  (void)state;
  test_root_remove();
  return 0;
}

void test_tell(void *context, const struct bg_conf_problem *problem) {
  struct told *told = context;
  assert_true(told->count < 64);
  (void)snprintf(told->text[told->count++], sizeof told->text[0], "%s:%u: %s", problem->file,
                 problem->line, problem->text);
}

void assert_told(const struct told *told, const char *needle) {
  for (unsigned i = 0; i < told->count; i++) {
    if (strstr(told->text[i], needle) != NULL) {
      return;
    }
  }
  fail_msg("not told: %s; but: %s", needle, told->count > 0 ? told->text[0] : "nothing");
}

void assert_told_alone(const struct told *told, const char *needle) {
  assert_told(told, needle);
  if (told->count != 1) {
    fail_msg("%u problems, the second: %s", told->count, told->text[1]);
  }
}
