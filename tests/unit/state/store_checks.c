/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "store_checks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <dirent.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/file.h"
#include "breakglass/run_state.h"
#include "test_paths.h"
#include "test_state.h"

#define HASH_SIZE 32

int new_store(void **state) {
  (void)state;
  int64_t epoch;
  (void)test_root_create();
  return bg_run_state_prepare(bg_clock_now(), &epoch) == BG_OK ? 0 : -1;
}

int end_store(void **state) {
  (void)state;
  test_root_remove();
  return 0;
}

static size_t read_event(int64_t number, char *ret_bytes) {
  char name[64];
  (void)snprintf(name, sizeof name, "/var/lib/breakglass/events/%010lld.json", (long long)number);
  FILE *file = fopen(test_path(name), "r");
  assert_non_null(file);
  size_t len = fread(ret_bytes, 1, BG_EVENT_MAX, file);
  assert_int_equal(fclose(file), 0);
  return bg_file_blank_content(bg_bytes(ret_bytes, len)).len;
}

static int is_event(const struct dirent *entry) {
  char bytes[BG_EVENT_MAX];
  int64_t number = strtoll(entry->d_name, NULL, 10);
  return number > 0 && read_event(number, bytes) > 0;
}

int events_on_disk(void) {
  struct dirent **entries = NULL;
  int count = scandir(test_path("/var/lib/breakglass/events"), &entries, is_event, NULL);
  for (int i = 0; i < count; i++) {
    free(entries[i]);
  }
  free(entries);
  return count;
}

json_t *checked_event(int64_t number) {
  char bytes[BG_EVENT_MAX];
  size_t len = read_event(number, bytes);
  json_t *event = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, NULL);
  assert_non_null(event);
  return event;
}

static void assert_follows(const json_t *data, int64_t number, const uint8_t *hash) {
  char hex[2 * HASH_SIZE + 1];
  const json_t *previous = json_object_get(data, "previous");
  assert_int_equal(json_integer_value(json_object_get(data, "number")), number);
  if (number == 1) {
    assert_true(json_is_null(previous));
  } else {
    (void)sodium_bin2hex(hex, sizeof hex, hash, HASH_SIZE);
    assert_string_equal(json_string_value(previous), hex);
  }
}

void assert_chain(int64_t count) {
  uint8_t hash[HASH_SIZE] = {0};
  for (int64_t number = 1; number <= count; number++) {
    char bytes[BG_EVENT_MAX];
    json_t *event = checked_event(number);
    assert_follows(json_object_get(event, "data"), number, hash);
    json_decref(event);
    size_t len = read_event(number, bytes);
    (void)crypto_generichash(hash, sizeof hash, (const uint8_t *)bytes, len, NULL, 0);
  }
  assert_int_equal(events_on_disk(), count);
  assert_int_equal(test_entries("/run/breakglass/events"), 0);
}
