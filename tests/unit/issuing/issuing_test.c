/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "issuing_test.h"

#include <stdio.h>
#include <string.h>

int issuing_test_setup(void **state) {
  (void)state;
  (void)test_root_create();
  return 0;
}

int issuing_test_teardown(void **state) {
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

struct bg_issuing *issuing_load(struct told *told) {
  struct bg_issuing *issuing = NULL;
  told->count = 0;
  enum bg_error err = bg_issuing_load(NULL, on_problem, told, &issuing);
  assert_int_equal(err, told->count == 0 ? BG_OK : BG_REFUSED_CONFIG);
  assert_int_equal(issuing != NULL, err == BG_OK);
  return issuing;
}

struct bg_issuing *issuing_load_text(const char *text) {
  static struct told told;
  test_root_write(ADMIN, text);
  struct bg_issuing *issuing = issuing_load(&told);
  if (issuing == NULL) {
    fail_msg("%s", told.text[0]);
  }
  return issuing;
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
  struct bg_issuing *issuing = issuing_load(&told);
  if (issuing != NULL) {
    bg_issuing_free(issuing);
    fail_msg("taken, though: %s", needle);
  }
  assert_told(&told, needle);
  if (told.count != 1) {
    fail_msg("%u problems: %s; %s", told.count, told.text[0], told.text[1]);
  }
}

struct bg_issuing_wish issuing_wish(void) {
  static const char hosts[1][BG_NAME_SIZE] = {"web-1"};
  return (struct bg_issuing_wish){.subject = "alice@x",
                                  .hosts = hosts,
                                  .host_count = 1,
                                  .login = "deploy",
                                  .reason = "INC-7 disk",
                                  .window = 300,
                                  .longest = 1800,
                                  .at = 1769601600}; /* 2026-01-28T12:00:00Z */
}

const char *issuing_answer(const struct bg_issuing *issuing, const struct bg_issuing_wish *wish) {
  static char answer[1024];
  static struct bg_issuing_decision decision;
  char reason[512] = "";
  enum bg_error err = bg_issuing_decide(issuing, wish, &decision, sizeof reason, reason);
  (void)snprintf(answer, sizeof answer, "%s%s", err == BG_OK ? "" : "- ",
                 err == BG_OK ? decision.rule : reason);
  assert_true(err == BG_OK || err == BG_ERR_DENIED || err == BG_ERR_RANGE);
  return answer;
}
