/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ledger_test.h"

struct ledger *test_open(const char *spec) {
  struct ledger *ledger = NULL;
  enum bg_error err = ledger_open(spec, &ledger);
  if (err != BG_OK) {
    fail_msg("ledger_open: %s: %s", bg_strerror(err), ledger_reason(NULL));
  }
  return ledger;
}

int64_t test_append_one(struct ledger *ledger) {
  int64_t number = 0;
  uint8_t hash[LEDGER_HASH_SIZE];
  assert_int_equal(ledger_begin(ledger), BG_OK);
  assert_int_equal(ledger_append(ledger, 1000, "issue", bg_bytes_of("\"a\":1")), BG_OK);
  assert_int_equal(ledger_head(ledger, &number, hash), BG_OK);
  assert_int_equal(ledger_commit(ledger), BG_OK);
  return number;
}

struct reading {
  struct bg_chain chain;
  struct test_fault fault;
};

static bool take_line(void *context, int64_t number, struct bg_bytes line) {
  struct reading *reading = context;
  enum bg_chain_fault what = bg_chain_take(&reading->chain, line);
  if (what != BG_CHAIN_GOOD || reading->chain.number != number) {
    reading->fault = (struct test_fault){.number = number, .what = what};
    return false;
  }
  return true;
}

struct test_fault test_find_fault(struct ledger *ledger) {
  struct reading reading = {0};
  assert_int_equal(ledger_entries(ledger, 1, SIZE_MAX, take_line, &reading), BG_OK);
  return reading.fault;
}

int64_t test_assert_chain(struct ledger *ledger) {
  struct reading reading = {0};
  int64_t number = -1;
  uint8_t hash[LEDGER_HASH_SIZE];
  assert_int_equal(ledger_entries(ledger, 1, SIZE_MAX, take_line, &reading), BG_OK);
  if (reading.fault.number != 0) {
    fail_msg("line %lld: %s", (long long)reading.fault.number,
             bg_chain_fault_text(reading.fault.what));
  }
  assert_int_equal(ledger_head(ledger, &number, hash), BG_OK);
  assert_int_equal(number, reading.chain.number);
  assert_memory_equal(hash, reading.chain.hash, sizeof hash);
  return number;
}

static char folder[64];
static char path[96];

void test_sqlite_remove(void) {
  static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
  for (size_t i = 0; folder[0] != '\0' && i < sizeof suffixes / sizeof suffixes[0]; i++) {
    char file[112];
    (void)snprintf(file, sizeof file, "%s%s", path, suffixes[i]);
    (void)unlink(file);
  }
  if (folder[0] != '\0' && rmdir(folder) != 0) {
    abort();
  }
  folder[0] = '\0';
}

const char *test_sqlite_path(void) {
  return path;
}

const char *test_sqlite_spec(void) {
  static char spec[112];
  const char *tmp = getenv("TMPDIR");
  test_sqlite_remove();
  int len = snprintf(folder, sizeof folder, "%s/bg-ledger-XXXXXX", tmp != NULL ? tmp : "/tmp");
  if (len < 0 || (size_t)len >= sizeof folder || mkdtemp(folder) == NULL) {
    abort();
  }
  (void)snprintf(path, sizeof path, "%s/ledger", folder);
  (void)snprintf(spec, sizeof spec, "sqlite:%s", path);
  return spec;
}
