/* SPDX-License-Identifier: BSD-2-Clause */
/* Days and hours of a rule, over midnight and over the week's end. */
#include <config.h>

#include "../../../policy/issuing/issuing.h"
#include "breakglass/text.h"
#include "issuing_test.h"

static bool within(const char *hours_text, const char *time_text) {
  struct issuing_hours hours;
  int64_t at = 0;
  assert_null(issuing_hours_parse(bg_bytes_of(hours_text), &hours));
  assert_int_equal(bg_parse_time(bg_bytes_of(time_text), &at), BG_OK);
  return issuing_hours_have(&hours, at);
}

/* 2026-01-26 is a Monday. */
static void hours_of_a_day(void **state) {
  (void)state;
  assert_false(within("09:00-18:00", "2026-01-26T08:59:59Z"));
  assert_true(within("09:00-18:00", "2026-01-26T09:00:00Z"));
  assert_true(within("09:00-18:00", "2026-01-26T17:59:59Z"));
  assert_false(within("09:00-18:00", "2026-01-26T18:00:00Z"));
  assert_true(within("00:00-24:00", "2026-01-26T23:59:59Z"));
  assert_true(within("always", "2026-01-26T23:59:59Z"));
  assert_true(within("09:00-18:00", "2026-02-01T12:00:00Z"));
  assert_true(within("09:00-18:00", "2026-01-26T10:30:00+01:30"));
}

static void hours_over_midnight(void **state) {
  (void)state;
  assert_true(within("22:00-06:00", "2026-01-26T22:00:00Z"));
  assert_true(within("22:00-06:00", "2026-01-27T00:00:00Z"));
  assert_true(within("22:00-06:00", "2026-01-27T05:59:59Z"));
  assert_false(within("22:00-06:00", "2026-01-27T06:00:00Z"));
  assert_false(within("22:00-06:00", "2026-01-26T21:59:59Z"));
}

static void days_of_the_week(void **state) {
  (void)state;
  assert_true(within("Mon-Fri 09:00-18:00", "2026-01-26T12:00:00Z"));
  assert_true(within("Mon-Fri 09:00-18:00", "2026-01-30T12:00:00Z"));
  assert_false(within("Mon-Fri 09:00-18:00", "2026-01-31T12:00:00Z"));
  assert_false(within("Mon-Fri 09:00-18:00", "2026-02-01T12:00:00Z"));
  assert_true(within("Sat-Mon 09:00-18:00", "2026-02-01T12:00:00Z"));
  assert_false(within("Sat-Mon 09:00-18:00", "2026-01-27T12:00:00Z"));
  assert_true(within("Mon, Wed-Thu 09:00-18:00", "2026-01-29T12:00:00Z"));
  assert_false(within("Mon, Wed-Thu 09:00-18:00", "2026-01-27T12:00:00Z"));
  assert_true(within("Thu 00:00-24:00", "1970-01-01T00:00:00Z"));
}

/* A night belongs to the day on which it begins. */
static void days_over_midnight(void **state) {
  (void)state;
  assert_true(within("Mon-Fri 22:00-06:00", "2026-01-31T05:00:00Z"));  /* Friday's night */
  assert_false(within("Mon-Fri 22:00-06:00", "2026-01-31T23:00:00Z")); /* Saturday's */
  assert_false(within("Mon-Fri 22:00-06:00", "2026-01-26T05:00:00Z")); /* Sunday's */
  assert_true(within("Sun 22:00-06:00", "2026-01-26T05:00:00Z"));
}

static void what_are_no_hours(void **state) {
  static const char *const texts[] = {
      "",
      "Mon-Fri",
      "mon 09:00-18:00",
      "Mon-Fry 09:00-18:00",
      "Mon- 09:00-18:00",
      "9-18",
      "09:00",
      "09:00-09:00",
      "24:00-06:00",
      "09:00-24:01",
      "09:60-18:00",
      "09:00-18:00 19:00-20:00",
      "always 09:00-18:00",
      "09:00 - 18:00",
      "0900-1800",
  };
  struct issuing_hours hours;
  (void)state;
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    if (issuing_hours_parse(bg_bytes_of(texts[i]), &hours) == NULL) {
      fail_msg("taken: %s", texts[i]);
    }
  }
}

static bool cover(const char *outer_text, const char *inner_text) {
  struct issuing_hours outer, inner;
  assert_null(issuing_hours_parse(bg_bytes_of(outer_text), &outer));
  assert_null(issuing_hours_parse(bg_bytes_of(inner_text), &inner));
  return issuing_hours_cover(&outer, &inner);
}

static void hours_within_hours(void **state) {
  (void)state;
  assert_true(cover("always", "Sat 00:00-24:00"));
  assert_true(cover("00:00-24:00", "always"));
  assert_true(cover("Mon-Fri 22:00-06:00", "Tue-Wed 22:00-06:00"));
  assert_true(cover("Mon-Fri 22:00-06:00", "Sat 00:00-06:00"));
  assert_false(cover("Mon-Fri 22:00-06:00", "Mon 00:00-06:00"));
  assert_false(cover("Mon-Fri 09:00-18:00", "Mon 09:00-18:01"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(hours_of_a_day),    cmocka_unit_test(hours_over_midnight),
      cmocka_unit_test(days_of_the_week),  cmocka_unit_test(days_over_midnight),
      cmocka_unit_test(what_are_no_hours), cmocka_unit_test(hours_within_hours),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
