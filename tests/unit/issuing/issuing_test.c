/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "issuing_test.h"

#include <stdio.h>
#include <string.h>

struct bg_issuing *issuing_load(struct told *told) {
  struct bg_issuing *issuing = NULL;
  told->count = 0;
  enum bg_error err = bg_issuing_load(NULL, test_tell, told, &issuing);
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
