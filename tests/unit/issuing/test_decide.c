/* SPDX-License-Identifier: BSD-2-Clause */
/* Which rule decides a wish, what it wants, and what is said to whom. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "issuing_test.h"

#define TWO_RULES                                                                                  \
  NEEDED                                                                                           \
  "[rule web]\nhosts = group:web\nlogins = deploy\nrequesters = sre\napprovals = sre:1 + sec:1\n"  \
  "longest_window = 10m\nlongest_session = 1h\nreason = ^INC-[0-9]+ \nlevel = rebuild\n"           \
  "hours = Mon-Fri 09:00-18:00\n"                                                                  \
  "[rule late]\nhosts = group:web db-1\nlogins = deploy root\nrequesters = alice@x\n"              \
  "approvals = sre:2\nlongest_window = 5m\nlongest_session = 30m\napproval_wait = 1h\n"            \
  "for = ssh console\n"

#define NOON 1769601600 /* 2026-01-28T12:00:00Z, a Wednesday */

static struct bg_issuing *issuing;

static int setup(void **state) {
  int failed = told_setup(state);
  issuing = issuing_load_text(TWO_RULES);
  return failed;
}

static int teardown(void **state) {
  bg_issuing_free(issuing);
  return told_teardown(state);
}

static void the_first_rule_that_takes_a_wish_decides(void **state) {
  struct bg_issuing_decision decision;
  char reason[256];
  struct bg_issuing_wish wish = issuing_wish();
  (void)state;
  assert_int_equal(bg_issuing_decide(issuing, &wish, &decision, sizeof reason, reason), BG_OK);
  assert_string_equal(decision.rule, "web");
  assert_int_equal(decision.need_count, 2);
  assert_string_equal(decision.needs[0].group, "sre");
  assert_int_equal(decision.needs[0].count, 1);
  assert_string_equal(decision.needs[1].group, "sec");
  assert_int_equal(decision.approval_wait, 1800);
  assert_int_equal(decision.host_count, 1);
  assert_string_equal(decision.hosts[0], "web-1");
  wish.reason = "no number";
  assert_int_equal(bg_issuing_decide(issuing, &wish, &decision, sizeof reason, reason), BG_OK);
  assert_string_equal(decision.rule, "late");
  assert_int_equal(decision.approval_wait, 3600);
}

static void the_level_is_the_higher_one(void **state) {
  static const enum bg_level cases[][2] = {{BG_LEVEL_NONE, BG_LEVEL_REBUILD},
                                           {BG_LEVEL_REFRESH, BG_LEVEL_REBUILD},
                                           {BG_LEVEL_REALLOCATE, BG_LEVEL_REALLOCATE}};
  struct bg_issuing_decision decision;
  char reason[256];
  struct bg_issuing_wish wish = issuing_wish();
  (void)state;
  for (size_t i = 0; i < 3; i++) {
    wish.level = cases[i][0];
    assert_int_equal(bg_issuing_decide(issuing, &wish, &decision, sizeof reason, reason), BG_OK);
    assert_int_equal(decision.level, cases[i][1]);
  }
  wish.level = BG_LEVEL_NONE;
  wish.reason = "late";
  assert_int_equal(bg_issuing_decide(issuing, &wish, &decision, sizeof reason, reason), BG_OK);
  assert_int_equal(decision.level, BG_LEVEL_NONE);
}

static void a_group_of_hosts_is_written_out(void **state) {
  struct bg_issuing_decision decision;
  char reason[256];
  struct bg_issuing_wish wish = issuing_wish();
  (void)state;
  wish.group = "web";
  wish.host_count = 0;
  assert_int_equal(bg_issuing_decide(issuing, &wish, &decision, sizeof reason, reason), BG_OK);
  assert_int_equal(decision.host_count, 2);
  assert_string_equal(decision.hosts[0], "web-1");
  assert_string_equal(decision.hosts[1], "web-2");
}

static void all_hosts_must_be_the_rules(void **state) {
  static const char hosts[3][BG_NAME_SIZE] = {"web-2", "db-1", "db-2"};
  struct bg_issuing_wish wish = issuing_wish();
  (void)state;
  wish.hosts = hosts;
  wish.host_count = 2;
  assert_string_equal(issuing_answer(issuing, &wish), "late");
  wish.host_count = 3;
  assert_string_equal(issuing_answer(issuing, &wish),
                      "- no rule lets you ask for these hosts together");
}

/* The nearest rule is the one that got furthest; of two, the first. */
static void a_refusal_says_what_the_nearest_rule_wants(void **state) {
  struct bg_issuing_wish wish = issuing_wish();
  (void)state;
  wish.login = "nobody";
  assert_string_equal(issuing_answer(issuing, &wish), "- rule web: it is not for the login nobody");
  wish = issuing_wish();
  wish.console = true;
  wish.window = 301;
  assert_string_equal(issuing_answer(issuing, &wish), "- rule late: the window is at most 5m");
  wish.window = 300;
  wish.longest = 1801;
  assert_string_equal(issuing_answer(issuing, &wish), "- rule late: the session is at most 30m");
  wish.console = false;
  wish.reason = "because";
  assert_string_equal(issuing_answer(issuing, &wish),
                      "- rule web: the reason must match ^INC-[0-9]+");
  wish = issuing_wish();
  wish.subject = "bob@x";
  wish.console = true;
  assert_string_equal(issuing_answer(issuing, &wish), "- rule web: it is not for a console");
  wish.console = false;
  wish.at = NOON + (int64_t)6 * 3600;
  assert_string_equal(issuing_answer(issuing, &wish),
                      "- rule web: its hours (UTC) are Mon-Fri 09:00-18:00");
  wish.at = NOON;
  wish.window = 601;
  assert_string_equal(issuing_answer(issuing, &wish), "- rule web: the window is at most 10m");
}

/* Neither that there are rules, nor that a host or a group exists. */
static void strangers_learn_nothing(void **state) {
  static const char *const subjects[] = {"mallory@x", "dave@x"};
  static const char db[1][BG_NAME_SIZE] = {"db-1"};
  struct bg_issuing_wish wish = issuing_wish();
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    wish = issuing_wish();
    wish.subject = subjects[i];
    assert_string_equal(issuing_answer(issuing, &wish), "- no rule lets you ask for this host");
  }
  wish.subject = "bob@x"; /* may ask for web, not for db */
  wish.hosts = db;
  assert_string_equal(issuing_answer(issuing, &wish), "- no rule lets you ask for this host");
  wish.host_count = 0;
  static const char *const groups[] = {"web", "many", "none"};
  for (size_t i = 0; i < 3; i++) {
    wish.subject = "mallory@x";
    wish.group = groups[i];
    assert_string_equal(issuing_answer(issuing, &wish),
                        "- no rule lets you ask for this group of hosts");
  }
}

static void a_wish_that_no_token_could_carry_is_out_of_range(void **state) {
  static const char twice[2][BG_NAME_SIZE] = {"web-1", "web-1"};
  static const char none[1][BG_NAME_SIZE] = {""};
  static char long_host[1][BG_NAME_SIZE];
  const struct bg_issuing_wish good = issuing_wish();
  (void)state;
  memset(long_host[0], 'a', 124);
  struct bg_issuing_wish bad[12];
  for (size_t i = 0; i < 12; i++) {
    bad[i] = good;
  }
  bad[0].host_count = 0;
  bad[1].host_count = 9;
  bad[2].hosts = twice;
  bad[2].host_count = 2;
  bad[3].hosts = none;
  bad[4].hosts = long_host;
  bad[5].group = "web";
  bad[6].subject = "";
  bad[7].login = "a\nb";
  bad[8].window = 0;
  bad[9].longest = 0;
  bad[10].at = -1;
  bad[11].reason = "a\x1b";
  for (size_t i = 0; i < 12; i++) {
    struct bg_issuing_decision decision;
    char reason[256] = "";
    assert_int_equal(bg_issuing_decide(issuing, &bad[i], &decision, sizeof reason, reason),
                     BG_ERR_RANGE);
    assert_true(strlen(reason) > 0);
  }
}

static void collect_line(void *context, const char *rule, bool takes, const char *why) {
  char *text = context;
  (void)sprintf(text + strlen(text), "%s %d %s\n", rule, takes, why);
}

static void each_rule_says_why(void **state) {
  char text[1024] = "";
  struct bg_issuing_wish wish = issuing_wish();
  (void)state;
  wish.reason = "because";
  bg_issuing_explain(issuing, &wish, collect_line, text);
  assert_string_equal(text, "web 0 the reason must match ^INC-[0-9]+\nlate 1 it takes the wish\n");
  text[0] = '\0';
  wish.subject = "bob@x";
  bg_issuing_explain(issuing, &wish, collect_line, text);
  assert_string_equal(text, "web 0 the reason must match ^INC-[0-9]+\n"
                            "late 0 bob@x is none of its requesters\n");
}

static void a_principal_is_not_a_group_of_its_name(void **state) {
  struct bg_issuing_wish wish = issuing_wish();
  (void)state;
  wish.subject = "sre";
  assert_string_equal(issuing_answer(issuing, &wish), "- no rule lets you ask for this host");
}

static void members_are_those_of_people_only(void **state) {
  (void)state;
  assert_true(bg_issuing_is_member(issuing, "sec", "erin@x"));
  assert_false(bg_issuing_is_member(issuing, "sec", "alice@x"));
  assert_false(bg_issuing_is_member(issuing, "sec", "erin@x,"));
  assert_false(bg_issuing_is_member(issuing, "web", "web-1"));
  assert_false(bg_issuing_is_member(issuing, "none", ""));
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
      CASE(the_first_rule_that_takes_a_wish_decides),
      CASE(the_level_is_the_higher_one),
      CASE(a_group_of_hosts_is_written_out),
      CASE(all_hosts_must_be_the_rules),
      CASE(a_refusal_says_what_the_nearest_rule_wants),
      CASE(strangers_learn_nothing),
      CASE(a_wish_that_no_token_could_carry_is_out_of_range),
      CASE(each_rule_says_why),
      CASE(a_principal_is_not_a_group_of_its_name),
      CASE(members_are_those_of_people_only),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
