/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether people are enough: each for one need only, in the best assignment. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "issuing_test.h"

#define GROUPS                                                                                     \
  SIGNER "[people]\na = alice bob carol dave\nb = alice bob erin\nc = alice frank\nd = alice\n"

static struct bg_issuing *issuing;

static int setup(void **state) {
  int failed = told_setup(state);
  issuing = issuing_load_text(GROUPS);
  return failed;
}

static int teardown(void **state) {
  bg_issuing_free(issuing);
  return told_teardown(state);
}

/* "a:1 b:1" */
static struct bg_issuing_decision decision_of(const char *text) {
  struct bg_issuing_decision decision = {.rule = "r"};
  for (const char *at = text; *at != '\0';) {
    struct bg_issuing_need *need = &decision.needs[decision.need_count++];
    need->group[0] = at[0];
    need->count = (unsigned)(at[2] - '0');
    at += at[3] == ' ' ? 4 : 3;
  }
  return decision;
}

/* What is missing, as "0 1 0 0", and whether the answer fits to it. */
static const char *missing(const char *needs, const char *subject, const char *names) {
  static char answer[32];
  static char copy[128];
  const char *people[16];
  size_t count = 0;
  unsigned numbers[BG_NEEDS_MAX] = {9, 9, 9, 9};
  const struct bg_issuing_decision decision = decision_of(needs);
  (void)snprintf(copy, sizeof copy, "%s", names);
  for (char *name = strtok(copy, " "); name != NULL; name = strtok(NULL, " ")) {
    people[count++] = name;
  }
  bool approved = bg_issuing_is_approved(issuing, &decision, subject, people, count, numbers);
  assert_int_equal(approved, numbers[0] + numbers[1] + numbers[2] + numbers[3] == 0);
  assert_int_equal(approved,
                   bg_issuing_is_approved(issuing, &decision, subject, people, count, NULL));
  (void)snprintf(answer, sizeof answer, "%u %u %u %u", numbers[0], numbers[1], numbers[2],
                 numbers[3]);
  return answer;
}

static void needs_are_counted(void **state) {
  (void)state;
  assert_string_equal(missing("", "zoe", ""), "0 0 0 0");
  assert_string_equal(missing("a:2", "zoe", ""), "2 0 0 0");
  assert_string_equal(missing("a:2", "zoe", "carol"), "1 0 0 0");
  assert_string_equal(missing("a:2", "zoe", "carol dave"), "0 0 0 0");
  assert_string_equal(missing("a:2", "zoe", "erin frank mallory"), "2 0 0 0");
  assert_string_equal(missing("a:1 b:1", "zoe", "carol dave"), "0 1 0 0");
}

static void a_person_counts_once(void **state) {
  (void)state;
  assert_string_equal(missing("a:2", "zoe", "carol carol"), "1 0 0 0");
  assert_string_equal(missing("a:1 b:1", "zoe", "alice"), "0 1 0 0");
  assert_string_equal(missing("a:1 b:1", "zoe", "alice alice"), "0 1 0 0");
}

static void the_subject_counts_for_nothing(void **state) {
  (void)state;
  assert_string_equal(missing("a:1", "alice", "alice"), "1 0 0 0");
  assert_string_equal(missing("a:1 b:1", "alice", "alice bob"), "0 1 0 0");
  assert_string_equal(missing("a:1 b:1", "alice", "alice bob carol"), "0 0 0 0");
}

/* Taking people as they come would give alice to the first need, and fail. */
static void people_go_where_they_are_needed(void **state) {
  (void)state;
  assert_string_equal(missing("a:1 d:1", "zoe", "alice bob"), "0 0 0 0");
  assert_string_equal(missing("a:1 d:1", "zoe", "bob alice"), "0 0 0 0");
  assert_string_equal(missing("a:1 b:1 c:1 d:1", "zoe", "alice bob carol frank"), "0 0 0 0");
  assert_string_equal(missing("a:1 b:1 c:1 d:1", "zoe", "alice bob frank carol"), "0 0 0 0");
  assert_string_equal(missing("b:2 d:1", "zoe", "alice bob erin"), "0 0 0 0");
  assert_string_equal(missing("b:2 d:1", "zoe", "alice bob carol"), "0 1 0 0");
  assert_string_equal(missing("a:1 c:1 d:1", "zoe", "alice frank carol"), "0 0 0 0");
}

/* Against every assignment tried in turn. */
static unsigned best(const struct bg_issuing_decision *decision, const char *const *people,
                     size_t count, size_t person, unsigned taken[4]) {
  unsigned most = 0;
  if (person == count) {
    return 0;
  }
  most = best(decision, people, count, person + 1, taken);
  for (size_t i = 0; i < decision->need_count; i++) {
    if (taken[i] < decision->needs[i].count &&
        bg_issuing_is_member(issuing, decision->needs[i].group, people[person])) {
      taken[i]++;
      unsigned found = 1 + best(decision, people, count, person + 1, taken);
      most = found > most ? found : most;
      taken[i]--;
    }
  }
  return most;
}

static void no_assignment_is_better(void **state) {
  static const char *const all[] = {"alice", "bob", "carol", "dave", "erin", "frank"};
  static const char *const needs[] = {"a:1 b:1", "a:2 b:2", "a:1 b:2 c:1",    "a:1 b:1 c:1 d:1",
                                      "c:2 d:1", "b:3 d:1", "d:1 c:1 b:1 a:1"};
  (void)state;
  for (size_t n = 0; n < sizeof needs / sizeof needs[0]; n++) {
    const struct bg_issuing_decision decision = decision_of(needs[n]);
    unsigned wanted = 0;
    for (size_t i = 0; i < decision.need_count; i++) {
      wanted += decision.needs[i].count;
    }
    for (unsigned set = 0; set < 64; set++) {
      const char *people[6];
      size_t count = 0;
      unsigned taken[4] = {0};
      unsigned numbers[4];
      for (unsigned i = 0; i < 6; i++) {
        if ((set >> i & 1U) != 0) {
          people[count++] = all[i];
        }
      }
      (void)bg_issuing_is_approved(issuing, &decision, "zoe", people, count, numbers);
      assert_int_equal(wanted - best(&decision, people, count, 0, taken),
                       numbers[0] + numbers[1] + numbers[2] + numbers[3]);
    }
  }
}

static void what_was_never_decided_is_not_approved(void **state) {
  static const char *const people[] = {"alice"};
  struct bg_issuing_decision decision = {0};
  (void)state;
  assert_false(bg_issuing_is_approved(issuing, &decision, "zoe", people, 1, NULL));
  decision = decision_of("x:1");
  assert_false(bg_issuing_is_approved(issuing, &decision, "zoe", people, 1, NULL));
  decision = decision_of("a:1");
  decision.needs[0].count = 5;
  assert_false(bg_issuing_is_approved(issuing, &decision, "zoe", people, 1, NULL));
  decision.need_count = 5;
  assert_false(bg_issuing_is_approved(issuing, &decision, "zoe", people, 1, NULL));
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
      CASE(needs_are_counted),
      CASE(a_person_counts_once),
      CASE(the_subject_counts_for_nothing),
      CASE(people_go_where_they_are_needed),
      CASE(no_assignment_is_better),
      CASE(what_was_never_decided_is_not_approved),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
