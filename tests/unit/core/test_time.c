/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "breakglass/text.h"

/* Every fifth day of the range, each at another second. */
static void days_are_those_of_libc(void **state) {
  (void)state;
  for (int64_t time = 0; time <= BG_TIME_MAX; time += 5 * 86400 - 7) {
    struct tm tm;
    time_t libc = (time_t)time;
    char expected[32];
    char text[BG_TIME_TEXT_SIZE];
    int64_t back = -1;
    assert_non_null(gmtime_r(&libc, &tm));
    bg_format_time(time, text);
    (void)strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%SZ", &tm);
    assert_string_equal(text, expected);
    assert_int_equal(bg_utc_seconds(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
                                    tm.tm_min, tm.tm_sec, &back),
                     BG_OK);
    assert_true(back == time);
  }
}

static void formatting_is_clamped(void **state) {
  (void)state;
  char text[BG_TIME_TEXT_SIZE];
  bg_format_time(INT64_MIN, text);
  assert_string_equal(text, "1970-01-01T00:00:00Z");
  bg_format_time(INT64_MAX, text);
  assert_string_equal(text, "9999-12-31T23:59:59Z");
}

static void only_real_days_are_times(void **state) {
  (void)state;
  int64_t time = 77;
  static const int bad[][6] = {
      {2026, 0, 1, 0, 0, 0},  {2026, 13, 1, 0, 0, 0}, {2026, 1, 0, 0, 0, 0},
      {2026, 1, 32, 0, 0, 0}, {2026, 4, 31, 0, 0, 0}, {2025, 2, 29, 0, 0, 0},
      {2100, 2, 29, 0, 0, 0}, {2026, 1, 1, 24, 0, 0}, {2026, 1, 1, 0, 60, 0},
      {2026, 1, 1, 0, 0, 60}, {-1, 1, 1, 0, 0, 0},    {10000, 1, 1, 0, 0, 0},
      {2026, 1, 1, -1, 0, 0}, {2026, 1, 1, 0, -1, 0}, {2026, 1, 1, 0, 0, -1},
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    const int *t = bad[i];
    assert_int_equal(bg_utc_seconds(t[0], t[1], t[2], t[3], t[4], t[5], &time), BG_ERR_RANGE);
  }
  assert_int_equal(time, 77);
  assert_int_equal(bg_utc_seconds(2000, 2, 29, 0, 0, 0, &time), BG_OK);
  assert_true(time == 951782400);
  assert_int_equal(bg_utc_seconds(0, 3, 1, 0, 0, 0, &time), BG_OK);
  assert_true(time == -62162035200);
}

static void parses_both_forms(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int64_t time;
  } good[] = {
      {"0", 0},
      {"1769860800", 1769860800},
      {"253402300799", BG_TIME_MAX},
      {"2026-01-31T12:00:00Z", 1769860800},
      {"2026-01-31t12:00:00z", 1769860800},
      {"2026-01-31T12:00:00.999Z", 1769860800},
      {"2026-01-31T14:30:00+02:30", 1769860800},
      {"2026-01-31T00:00:00-12:00", 1769860800},
      {"2026-01-31T12:00:00-00:00", 1769860800},
      {"1969-12-31T23:00:00-01:00", 0},
      {"9999-12-31T23:59:59Z", BG_TIME_MAX},
  };
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    int64_t time = -1;
    assert_int_equal(bg_parse_time(bg_bytes_of(good[i].text), &time), BG_OK);
    assert_true(time == good[i].time);
  }
}

static void refuses_other_times(void **state) {
  (void)state;
  static const char *const bad[] = {"",
                                    "now",
                                    "-1",
                                    "01",
                                    "2026-01-31",
                                    "2026-01-31T12:00:00",
                                    "2026-01-31 12:00:00Z",
                                    "2026-01-31T12:00Z",
                                    "2026-1-31T12:00:00Z",
                                    "2026-01-31T12:00:00.Z",
                                    "2026-01-31T12:00:00ZZ",
                                    "2026-01-31T12:00:00+0200",
                                    "2026-01-31T12:00:00+02:00Z",
                                    "2026-01-31T12:00:00+2:00",
                                    "20260131T120000Z",
                                    "+026-01-31T12:00:00Z",
                                    "1769860800Z",
                                    " 1769860800"};
  static const char *const out[] = {"253402300800",
                                    "2026-02-30T12:00:00Z",
                                    "2026-01-31T24:00:00Z",
                                    "2026-01-31T12:00:60Z",
                                    "1969-12-31T23:59:59Z",
                                    "9999-12-31T23:59:59-00:01",
                                    "2026-01-31T12:00:00+24:00",
                                    "2026-01-31T12:00:00+02:60"};
  int64_t time = 77;
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    assert_int_equal(bg_parse_time(bg_bytes_of(bad[i]), &time), BG_ERR_SYNTAX);
  }
  for (size_t i = 0; i < sizeof out / sizeof out[0]; i++) {
    assert_int_equal(bg_parse_time(bg_bytes_of(out[i]), &time), BG_ERR_RANGE);
  }
  assert_int_equal(time, 77);
}

static void durations_for_people(void **state) {
  (void)state;
  static const struct {
    int64_t seconds;
    const char *text;
  } all[] = {{-5, "0s"},
             {0, "0s"},
             {59, "59s"},
             {60, "1m"},
             {1770, "29m 30s"},
             {7200, "2h"},
             {7201, "2h"},
             {7260, "2h 1m"},
             {86400, "1d"},
             {90000, "1d 1h"},
             {INT64_MAX, "106751991167300d 15h"}};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
    char text[32];
    bg_format_duration(all[i].seconds, sizeof text, text);
    assert_string_equal(text, all[i].text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(days_are_those_of_libc),   cmocka_unit_test(formatting_is_clamped),
      cmocka_unit_test(only_real_days_are_times), cmocka_unit_test(parses_both_forms),
      cmocka_unit_test(refuses_other_times),      cmocka_unit_test(durations_for_people),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
