/* SPDX-License-Identifier: BSD-2-Clause */
/* A store of ten thousand events is looked through in bounded time. */
#include <config.h>

#include "boots.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "breakglass/file.h"

/* A copy of an event, of another token and with another number. */
static void write_copy(int dir, const char *of, int number, unsigned token) {
  struct bg_file file = {0};
  char name[64];
  char text[BG_EVENT_MAX];
  char id[33];
  assert_int_equal(bg_file_read_at(dir, of, bg_paths()->owner, BG_EVENT_MAX, &file), BG_OK);
  char *seal = strstr((char *)file.data, ",\"number\":");
  *seal = '\0';
  (void)snprintf(text, sizeof text, "%s,\"number\":%d,\"previous\":null}}\n", (char *)file.data,
                 number);
  (void)snprintf(id, sizeof id, "%032x", token);
  memcpy(strstr(text, "\"token_id\":\"") + strlen("\"token_id\":\""), id, 32);
  (void)snprintf(name, sizeof name, "/var/lib/breakglass/events/%010d.json", number);
  (void)unlink(test_path(name)); /* a blank */
  assert_int_equal(bg_file_create(test_path(name), bg_bytes_of(text)), BG_OK);
  bg_file_free(&file);
}

/* One session opened and closed after the other; of an odd number the last one goes on. */
static void write_many(int count) {
  int dir = -1;
  open_session(1);
  close_session(1);
  reboot_host();
  assert_int_equal(bg_dir_open(test_path("/var/lib/breakglass/events"), bg_paths()->owner, &dir),
                   BG_OK);
  for (int i = 3; i <= count; i++) {
    write_copy(dir, i % 2 != 0 ? "0000000001.json" : "0000000002.json", i,
               (unsigned)(i - 1) / 2 + 1000);
  }
  (void)close(dir);
}

static int64_t ms_of_close_lost(void) {
  struct timespec begin;
  struct timespec end;
  (void)clock_gettime(CLOCK_MONOTONIC, &begin);
  assert_false(close_lost());
  (void)clock_gettime(CLOCK_MONOTONIC, &end);
  return (end.tv_sec - begin.tv_sec) * 1000 + (end.tv_nsec - begin.tv_nsec) / 1000000;
}

static void ten_thousand_events_take_no_time(void **state) {
  (void)state;
  write_many(10001); /* the last one is open */
  int64_t first = ms_of_close_lost();
  int64_t second = ms_of_close_lost();
  print_message("  with one lost: %lld ms; with none: %lld ms\n", (long long)first,
                (long long)second);
  assert_true(log_has("went down with the host"));
  assert_true(first < 10000);
  assert_true(second < 10000);
  assert_int_equal(test_entries("/var/lib/breakglass/events"), 10002);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(ten_thousand_events_take_no_time, new_host, end_host),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
