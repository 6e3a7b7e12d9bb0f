/* SPDX-License-Identifier: BSD-2-Clause */
/* When a rule holds: days and hours of the week, UTC. */
#include <config.h>

#include <string.h>

#include "breakglass/text.h"
#include "issuing.h"

#define DAYS 7U
#define DAY_MINUTES 1440U
#define ALL_DAYS 0x7fU

static unsigned day_of(struct bg_bytes text) {
  static const char *const names[DAYS] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  unsigned day = 0;
  while (day < DAYS && !bg_bytes_is(text, names[day])) {
    day++;
  }
  return day;
}

/* "Mon", "Mon-Fri", "Sat-Mon" */
static bool parse_days(struct bg_bytes text, uint8_t *days) {
  struct bg_bytes last = text;
  struct bg_bytes first = bg_conf_cut(&last, '-');
  unsigned day = day_of(first);
  unsigned end = first.len == text.len ? day : day_of(last);
  if (day == DAYS || end == DAYS) {
    return false;
  }
  for (; day != end; day = (day + 1) % DAYS) {
    *days |= (uint8_t)(1U << day);
  }
  *days |= (uint8_t)(1U << end);
  return true;
}

/* "09:30" to minutes; 24:00 is the end of the day. */
static bool parse_clock(struct bg_bytes text, unsigned *ret_minutes) {
  if (text.len != 5 || text.data[2] != ':') {
    return false;
  }
  unsigned digits[5] = {0};
  for (size_t i = 0; i < text.len; i++) {
    if (i != 2 && (text.data[i] < '0' || text.data[i] > '9')) {
      return false;
    }
    digits[i] = (unsigned)(text.data[i] - '0');
  }
  unsigned minute = digits[3] * 10 + digits[4];
  *ret_minutes = (digits[0] * 10 + digits[1]) * 60 + minute;
  return minute < 60 && *ret_minutes <= DAY_MINUTES;
}

static const char *parse_clocks(struct bg_bytes text, struct issuing_hours *hours) {
  struct bg_bytes to = text;
  struct bg_bytes from = bg_conf_cut(&to, '-');
  if (!parse_clock(from, &hours->from) || !parse_clock(to, &hours->to) ||
      hours->from == DAY_MINUTES) {
    return "takes days like Mon-Fri, and hours like 09:00-18:00 (UTC)";
  }
  return hours->from != hours->to ? NULL : "are none: a whole day is 00:00-24:00";
}

const char *issuing_hours_parse(struct bg_bytes text, struct issuing_hours *ret_hours) {
  struct issuing_hours hours = {0};
  bool has_clocks = false;
  *ret_hours = hours;
  if (bg_bytes_is(text, "always")) {
    return NULL;
  }
  for (struct bg_bytes word; bg_conf_next_word(&text, &word);) {
    if (parse_days(word, &hours.days)) {
      continue;
    }
    if (has_clocks) {
      return "takes one range of hours";
    }
    const char *problem = parse_clocks(word, &hours);
    if (problem != NULL) {
      return problem;
    }
    has_clocks = true;
  }
  if (!has_clocks) {
    return "needs hours like 09:00-18:00 (UTC); a whole day is 00:00-24:00";
  }
  hours.days = hours.days != 0 ? hours.days : ALL_DAYS;
  *ret_hours = hours;
  return NULL;
}

static bool has_day(const struct issuing_hours *hours, unsigned day) {
  return (hours->days >> (day % DAYS) & 1U) != 0;
}

/* Hours over midnight belong to the day on which they begin. */
static bool have_minute(const struct issuing_hours *hours, unsigned day, unsigned minute) {
  if (hours->days == 0) {
    return true;
  }
  if (hours->from < hours->to) {
    return has_day(hours, day) && minute >= hours->from && minute < hours->to;
  }
  return (has_day(hours, day) && minute >= hours->from) ||
         (has_day(hours, day + DAYS - 1) && minute < hours->to);
}

/* 1970-01-01 was a Thursday. */
bool issuing_hours_have(const struct issuing_hours *hours, int64_t unix_seconds) {
  int64_t minutes = unix_seconds / 60;
  return unix_seconds >= 0 && have_minute(hours, (unsigned)((minutes / DAY_MINUTES + 3) % DAYS),
                                          (unsigned)(minutes % DAY_MINUTES));
}

bool issuing_hours_cover(const struct issuing_hours *outer, const struct issuing_hours *inner) {
  for (unsigned i = 0; i < DAYS * DAY_MINUTES; i++) {
    unsigned day = i / DAY_MINUTES;
    unsigned minute = i % DAY_MINUTES;
    if (have_minute(inner, day, minute) && !have_minute(outer, day, minute)) {
      return false;
    }
  }
  return true;
}
