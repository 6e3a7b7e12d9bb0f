/* SPDX-License-Identifier: BSD-2-Clause */
/* Calendar times by plain arithmetic: gmtime() and timegm() read the time zone
 * and its files. */
#include <stdio.h>

#include "breakglass/text.h"

#define DAY 86400
#define DAYS_400_YEARS 146097
#define DAYS_TO_1970 719468 /* from 0000-03-01 */

static bool is_leap(int year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in(int year, int month) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days since 1970-01-01. A year here begins in March, so that the leap day is its last. */
static int64_t days_since_1970(int year, int month, int day) {
  int64_t y = month > 2 ? year : year - 1;
  int64_t era = (y >= 0 ? y : y - 399) / 400;
  int64_t year_of_era = y - era * 400;
  int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * DAYS_400_YEARS + day_of_era - DAYS_TO_1970;
}

enum bg_error bg_utc_seconds(int year, int month, int day, int hour, int minute, int second,
                             int64_t *ret_unix_seconds) {
  if (year < 0 || year > 9999 || month < 1 || month > 12 || day < 1 || day > days_in(year, month) ||
      hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
    return BG_ERR_RANGE;
  }
  int64_t minutes = (int64_t)hour * 60 + minute;
  *ret_unix_seconds = days_since_1970(year, month, day) * DAY + minutes * 60 + second;
  return BG_OK;
}

void bg_format_time(int64_t unix_seconds, char ret_text[static BG_TIME_TEXT_SIZE]) {
  int64_t time = unix_seconds < 0 ? 0 : unix_seconds;
  time = time > BG_TIME_MAX ? BG_TIME_MAX : time;
  int64_t days = time / DAY + DAYS_TO_1970;
  int64_t day_of_era = days % DAYS_400_YEARS;
  int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t march_month = (5 * day_of_year + 2) / 153;
  unsigned day = (unsigned)(day_of_year - (153 * march_month + 2) / 5 + 1) & 31;
  unsigned month = (unsigned)(march_month < 10 ? march_month + 3 : march_month - 9) & 15;
  unsigned year = (unsigned)(days / DAYS_400_YEARS * 400 + year_of_era + (month <= 2));
  unsigned second = (unsigned)(time % DAY);
  (void)snprintf(ret_text, BG_TIME_TEXT_SIZE, "%04u-%02u-%02uT%02u:%02u:%02uZ", year % 10000, month,
                 day, second / 3600 % 24, second / 60 % 60, second % 60);
}

/* Exactly count digits at the front, which are then cut off. */
static bool take_number(struct bg_bytes *text, size_t count, int *ret_value) {
  int value = 0;
  if (text->len < count) {
    return false;
  }
  for (size_t i = 0; i < count; i++) {
    if (text->data[i] < '0' || text->data[i] > '9') {
      return false;
    }
    value = value * 10 + (text->data[i] - '0');
  }
  *text = bg_bytes(text->data + count, text->len - count);
  *ret_value = value;
  return true;
}

/* One of the given characters at the front, cut off; NUL if there is none. */
static char take_one_of(struct bg_bytes *text, const char *wanted) {
  for (; text->len > 0 && *wanted != '\0'; wanted++) {
    if (text->data[0] == (uint8_t)*wanted) {
      *text = bg_bytes(text->data + 1, text->len - 1);
      return *wanted;
    }
  }
  return '\0';
}

static bool skip_fraction(struct bg_bytes *text) {
  if (take_one_of(text, ".") == '\0') {
    return true;
  }
  size_t digits = 0;
  while (take_one_of(text, "0123456789") != '\0') {
    digits++;
  }
  return digits > 0;
}

/* "Z" or "+HH:MM", in seconds, and then the end. */
static enum bg_error parse_offset(struct bg_bytes text, int64_t *ret_offset) {
  int hours = 0;
  int minutes = 0;
  char sign = take_one_of(&text, "Zz+-");
  if (sign == '+' || sign == '-') {
    if (!take_number(&text, 2, &hours) || take_one_of(&text, ":") == '\0' ||
        !take_number(&text, 2, &minutes)) {
      return BG_ERR_SYNTAX;
    }
  }
  if (sign == '\0' || text.len > 0) {
    return BG_ERR_SYNTAX;
  }
  if (hours > 23 || minutes > 59) {
    return BG_ERR_RANGE;
  }
  int64_t offset = (int64_t)hours * 3600 + (int64_t)minutes * 60;
  *ret_offset = sign == '-' ? -offset : offset;
  return BG_OK;
}

static enum bg_error parse_rfc3339(struct bg_bytes text, int64_t *ret_unix_seconds) {
  int year, month, day, hour, minute, second;
  if (!take_number(&text, 4, &year) || take_one_of(&text, "-") == '\0' ||
      !take_number(&text, 2, &month) || take_one_of(&text, "-") == '\0' ||
      !take_number(&text, 2, &day) || take_one_of(&text, "Tt") == '\0' ||
      !take_number(&text, 2, &hour) || take_one_of(&text, ":") == '\0' ||
      !take_number(&text, 2, &minute) || take_one_of(&text, ":") == '\0' ||
      !take_number(&text, 2, &second) || !skip_fraction(&text)) {
    return BG_ERR_SYNTAX;
  }
  int64_t local = 0;
  int64_t offset = 0;
  enum bg_error err = parse_offset(text, &offset);
  if (err == BG_OK) {
    err = bg_utc_seconds(year, month, day, hour, minute, second, &local);
  }
  if (err == BG_OK && (local - offset < 0 || local - offset > BG_TIME_MAX)) {
    err = BG_ERR_RANGE;
  }
  if (err == BG_OK) {
    *ret_unix_seconds = local - offset;
  }
  return err;
}

enum bg_error bg_parse_time(struct bg_bytes text, int64_t *ret_unix_seconds) {
  enum bg_error err = bg_parse_uint(text, 0, BG_TIME_MAX, ret_unix_seconds);
  return err == BG_ERR_SYNTAX ? parse_rfc3339(text, ret_unix_seconds) : err;
}

void bg_format_duration(int64_t seconds, size_t size, char *ret_text) {
  static const struct {
    int64_t seconds;
    char name;
  } units[] = {{DAY, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
  size_t i = 0;
  seconds = seconds < 0 ? 0 : seconds;
  while (i < 3 && seconds < units[i].seconds) {
    i++;
  }
  int64_t rest = i < 3 ? seconds % units[i].seconds / units[i + 1].seconds : 0;
  if (rest > 0) {
    (void)snprintf(ret_text, size, "%lld%c %lld%c", (long long)(seconds / units[i].seconds),
                   units[i].name, (long long)rest, units[i + 1].name);
  } else {
    (void)snprintf(ret_text, size, "%lld%c", (long long)(seconds / units[i].seconds),
                   units[i].name);
  }
}
