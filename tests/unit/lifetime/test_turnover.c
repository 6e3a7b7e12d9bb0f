/* SPDX-License-Identifier: BSD-2-Clause */
/* A fleet that was made in one minute, and when its hosts are replaced. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "turnover.h"

#define HOUR INT64_C(3600)
#define DAY INT64_C(86400)
#define ID_SIZE 64
#define HOURS_MAX (7 * 24)

typedef void id_fn(unsigned i, char ret_id[static ID_SIZE]);

static void random_bytes(unsigned i, uint8_t ret_bytes[static 16]) {
  const unsigned char seed[randombytes_SEEDBYTES] = {(unsigned char)i, (unsigned char)(i >> 8),
                                                     (unsigned char)(i >> 16), 7};
  randombytes_buf_deterministic(ret_bytes, 16, seed);
}

static void machine_id(unsigned i, char ret_id[static ID_SIZE]) {
  uint8_t bytes[16];
  random_bytes(i, bytes);
  (void)sodium_bin2hex(ret_id, ID_SIZE, bytes, sizeof bytes);
}

static void uuid(unsigned i, char ret_id[static ID_SIZE]) {
  uint8_t b[16];
  random_bytes(i + 1000000, b);
  b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
  b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
  (void)snprintf(ret_id, ID_SIZE,
                 "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
                 b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
                 b[15]);
}

static void name(unsigned i, char ret_id[static ID_SIZE]) {
  (void)snprintf(ret_id, ID_SIZE, "web-%04u", i + 1);
}

static void address(unsigned i, char ret_id[static ID_SIZE]) {
  (void)snprintf(ret_id, ID_SIZE, "ip-10-0-%u-%u.eu-west-1.compute.internal", i / 256, i % 256);
}

static const struct {
  const char *name;
  id_fn *make;
} kinds[] = {
    {"machine ids", machine_id}, {"uuids", uuid}, {"web-0001...", name}, {"addresses", address}};
#define KINDS (sizeof kinds / sizeof kinds[0])

struct fleet {
  unsigned polite[HOURS_MAX]; /* hosts whose polite, forced age is in that hour of the window */
  unsigned forced[HOURS_MAX];
};

static void simulate(const struct turnover *policy, id_fn *make, unsigned hosts,
                     struct fleet *fleet) {
  memset(fleet, 0, sizeof *fleet);
  for (unsigned i = 0; i < hosts; i++) {
    char id[ID_SIZE];
    struct turnover host;
    make(i, id);
    assert_int_equal(turnover_of(policy, id, &host), BG_OK);
    assert_in_range(host.polite, policy->polite, policy->forced - 1);
    assert_in_range(host.forced, host.polite, policy->forced);
    fleet->polite[(host.polite - policy->polite) / HOUR]++;
    fleet->forced[(host.forced - 1 - policy->polite) / HOUR]++;
  }
}

static unsigned fullest(const unsigned *hours, unsigned count) {
  unsigned most = 0;
  for (unsigned i = 0; i < count; i++) {
    most = hours[i] > most ? hours[i] : most;
  }
  return most;
}

/* 1.3 times the mean at most. Chance alone, which the ids are drawn by, leaves hours of more than
 * that where the mean is small (59 a hour: 1.34 is to be expected of the best hash there is), so
 * that many hosts for each hour are looked at. */
static void spread_is_even(unsigned hosts, unsigned days, double most) {
  const unsigned hours = days * 24;
  const struct turnover policy = {.polite = 7 * DAY, .forced = (int64_t)(7 + days) * DAY};
  const double mean = (double)hosts / hours;
  static struct fleet fleet;
  for (size_t i = 0; i < KINDS; i++) {
    simulate(&policy, kinds[i].make, hosts, &fleet);
    double polite = fullest(fleet.polite, hours) / mean;
    double forced = fullest(fleet.forced, hours) / mean / 2; /* in half of the hours */
    print_message("%u hosts, %u days, %s: fullest hour %.3f x the mean, forced %.3f\n", hosts, days,
                  kinds[i].name, polite, forced);
    assert_true(polite <= most);
    assert_true(forced <= most);
    assert_int_equal(fullest(fleet.forced, hours / 2 - 1), 0);
  }
}

static void a_fleet_is_spread_over_two_days(void **state) {
  (void)state;
  spread_is_even(10000, 2, 1.3);
}

static void a_large_fleet_is_spread_over_a_week(void **state) {
  (void)state;
  spread_is_even(40000, 7, 1.3);
}

static void a_fleet_is_spread_over_a_week_as_chance_has_it(void **state) {
  (void)state;
  spread_is_even(10000, 7, 1.6); /* 4.6 standard deviations */
}

/* Of neighbours, and of ids that differ in one character. */
static void neighbours_are_not_replaced_together(void **state) {
  (void)state;
  const struct turnover policy = {.polite = 7 * DAY, .forced = 14 * DAY};
  struct turnover one;
  struct turnover other;
  int near = 0;
  for (unsigned i = 0; i < 1000; i++) {
    char id[ID_SIZE];
    name(i, id);
    assert_int_equal(turnover_of(&policy, id, &one), BG_OK);
    name(i + 1, id);
    assert_int_equal(turnover_of(&policy, id, &other), BG_OK);
    near += llabs(one.polite - other.polite) < HOUR;
  }
  assert_in_range(near, 0, 30); /* 12 of a thousand by chance */
}

/* A later version must not move a fleet, nor a look disagree with the one before. */
static void a_host_keeps_its_place(void **state) {
  (void)state;
  const struct turnover policy = {.polite = 7 * DAY, .forced = 14 * DAY};
  struct turnover host;
  assert_int_equal(turnover_of(&policy, "host-1", &host), BG_OK);
  assert_int_equal(host.polite, 953498); /* reckoned by another BLAKE2b */
  assert_int_equal(host.forced, 14 * DAY - (14 * DAY - 953498) / 2);
}

static void the_window_may_be_nothing(void **state) {
  (void)state;
  const struct turnover both = {.polite = DAY, .forced = DAY};
  const struct turnover none = {0};
  struct turnover host;
  assert_int_equal(turnover_of(&both, "host-1", &host), BG_OK);
  assert_int_equal(host.polite, DAY);
  assert_int_equal(host.forced, DAY);
  assert_int_equal(turnover_of(&none, "host-1", &host), BG_OK);
  assert_int_equal(host.polite, 0);
  assert_int_equal(host.forced, 0);
}

static void impossible_ages_are_refused(void **state) {
  (void)state;
  static const struct turnover wrong[] = {
      {.polite = 2, .forced = 1},   {.polite = 0, .forced = 1},
      {.polite = 1, .forced = 0},   {.polite = -1, .forced = 1},
      {.polite = -2, .forced = -1}, {.polite = 1, .forced = TURNOVER_AGE_MAX + INT64_C(1)},
  };
  struct turnover host = {.polite = 5, .forced = 5};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    assert_int_equal(turnover_of(&wrong[i], "host-1", &host), BG_ERR_RANGE);
    assert_int_equal(host.polite, 5);
  }
  const struct turnover longest = {.polite = 1, .forced = TURNOVER_AGE_MAX};
  assert_int_equal(turnover_of(&longest, "host-1", &host), BG_OK);
  assert_in_range(host.polite, 1, TURNOVER_AGE_MAX);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_fleet_is_spread_over_two_days),
      cmocka_unit_test(a_large_fleet_is_spread_over_a_week),
      cmocka_unit_test(a_fleet_is_spread_over_a_week_as_chance_has_it),
      cmocka_unit_test(neighbours_are_not_replaced_together),
      cmocka_unit_test(a_host_keeps_its_place),
      cmocka_unit_test(the_window_may_be_nothing),
      cmocka_unit_test(impossible_ages_are_refused),
  };
  if (sodium_init() < 0) {
    return 1;
  }
  return cmocka_run_group_tests(tests, NULL, NULL);
}
