/* SPDX-License-Identifier: BSD-2-Clause */
/* The checker of the ledger's chain, held against lines that are made here. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "breakglass/chain.h"
#include "breakglass/text.h"

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define FIRST                                                                                      \
  "{\"number\":1,\"previous\":\"" ZEROS "\",\"time\":1767225600,\"kind\":\"issue\",\"a\":1}"

static enum bg_chain_fault take(struct bg_chain *chain, const char *line) {
  return bg_chain_take(chain, bg_bytes_of(line));
}

static const char *line_after(const char *line, int number) {
  static char next[2][512];
  static unsigned turn;
  uint8_t hash[32];
  char hex[65];
  (void)crypto_hash_sha256(hash, (const uint8_t *)line, strlen(line));
  bg_hex(bg_bytes(hash, sizeof hash), hex);
  char *text = next[turn++ % 2];
  (void)snprintf(text, sizeof next[0],
                 "{\"number\":%d,\"previous\":\"%s\",\"time\":5,\"kind\":\"denial\",\"b\":2}",
                 number, hex);
  return text;
}

static void a_good_chain_is_taken(void **state) {
  (void)state;
  struct bg_chain chain = {0};
  const char *line = FIRST;
  for (int i = 2; i < 20; i++) {
    assert_int_equal(take(&chain, line), BG_CHAIN_GOOD);
    assert_int_equal(chain.number, i - 1);
    line = line_after(line, i);
  }
}

static void a_chain_goes_on_from_a_checkpoint(void **state) {
  (void)state;
  struct bg_chain chain = {.number = 41};
  (void)crypto_hash_sha256(chain.hash, (const uint8_t *)"x", 1);
  assert_int_equal(take(&chain, line_after("x", 42)), BG_CHAIN_GOOD);
}

static void a_number_that_is_not_the_next_is_named(void **state) {
  (void)state;
  struct bg_chain chain = {0};
  assert_int_equal(take(&chain, FIRST), BG_CHAIN_GOOD);
  assert_int_equal(take(&chain, FIRST), BG_CHAIN_NUMBER);
  assert_int_equal(take(&chain, line_after(FIRST, 3)), BG_CHAIN_NUMBER);
  assert_int_equal(chain.number, 1);
  assert_int_equal(take(&chain, line_after(FIRST, 2)),
                   BG_CHAIN_GOOD); /* what is broken is not taken */
}

static void a_changed_line_is_named_by_the_one_behind(void **state) {
  (void)state;
  struct bg_chain chain = {0};
  const char *second = line_after(FIRST, 2);
  char changed[] = FIRST;
  changed[strlen(changed) - 2] = '9';
  assert_int_equal(take(&chain, changed), BG_CHAIN_GOOD);
  assert_int_equal(take(&chain, second), BG_CHAIN_PREVIOUS);
  chain = (struct bg_chain){.hash = {1}};
  assert_int_equal(take(&chain, FIRST), BG_CHAIN_PREVIOUS);
}

static void what_does_not_begin_as_an_entry_is_named(void **state) {
  (void)state;
  static const char *const lines[] = {
      "",
      "{}",
      " " FIRST,
      FIRST "\n",
      "{\"number\":01,\"previous\":\"" ZEROS "\",\"time\":5,\"kind\":\"issue\",\"a\":1}",
      "{\"number\":-1,\"previous\":\"" ZEROS "\",\"time\":5,\"kind\":\"issue\",\"a\":1}",
      "{\"number\":0,\"previous\":\"" ZEROS "\",\"time\":5,\"kind\":\"issue\",\"a\":1}",
      "{\"number\":99999999999999999999,\"previous\":\"" ZEROS
      "\",\"time\":5,\"kind\":\"issue\",\"a\":1}",
      "{\"number\": 1,\"previous\":\"" ZEROS "\",\"time\":5,\"kind\":\"issue\",\"a\":1}",
      "{\"previous\":\"" ZEROS "\",\"number\":1,\"time\":5,\"kind\":\"issue\",\"a\":1}",
      "{\"number\":1,\"previous\":\"00\",\"time\":5,\"kind\":\"issue\",\"a\":1}",
      "{\"number\":1,\"previous\":\"" ZEROS "\",\"time\":5.0,\"kind\":\"issue\",\"a\":1}",
      "{\"number\":1,\"previous\":\"" ZEROS "\",\"time\":5,\"kind\":\"\",\"a\":1}",
      "{\"number\":1,\"previous\":\"" ZEROS "\",\"time\":5,\"kind\":\"Issue\",\"a\":1}",
      "{\"number\":1,\"previous\":\"" ZEROS "\",\"time\":5,\"kind\":\"issue\"}",
      "{\"number\":1,\"previous\":\"" ZEROS "\",\"time\":5,\"kind\":\"issue\",",
      "{\"number\":1,\"previous\":\"" ZEROS "\",\"time\":5,\"kind\":\"issue\",\"a\":\t1}",
  };
  for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
    struct bg_chain chain = {0};
    if (take(&chain, lines[i]) != BG_CHAIN_FORM) {
      fail_msg("taken: %s", lines[i]);
    }
  }
}

/* One hash has one spelling. */
static void a_hash_in_capitals_is_named(void **state) {
  (void)state;
  struct bg_chain chain = {.number = 0, .hash = {0xAB}};
  char line[] = FIRST;
  char *hash = strstr(line, ZEROS);
  hash[0] = 'A';
  hash[1] = 'B';
  assert_int_equal(take(&chain, line), BG_CHAIN_FORM);
  hash[0] = 'a';
  hash[1] = 'b';
  assert_int_equal(take(&chain, line), BG_CHAIN_GOOD);
}

static void a_line_that_is_too_long_is_named(void **state) {
  (void)state;
  static char line[BG_CHAIN_LINE_MAX + 1];
  memset(line, 'x', sizeof line);
  (void)snprintf(line, sizeof line, "%s", FIRST);
  line[strlen(FIRST) - 1] = 'x';
  line[strlen(FIRST)] = 'x';
  struct bg_chain chain = {0};
  line[BG_CHAIN_LINE_MAX] = '}';
  assert_int_equal(bg_chain_take(&chain, bg_bytes(line, sizeof line)), BG_CHAIN_TOO_LONG);
  line[BG_CHAIN_LINE_MAX - 1] = '}';
  assert_int_equal(bg_chain_take(&chain, bg_bytes(line, sizeof line - 1)), BG_CHAIN_GOOD);
}

static void every_fault_has_a_text(void **state) {
  (void)state;
  for (int i = 0; i < BG_CHAIN_FAULT_COUNT; i++) {
    assert_true(strlen(bg_chain_fault_text((enum bg_chain_fault)i)) > 5);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_good_chain_is_taken),
      cmocka_unit_test(a_chain_goes_on_from_a_checkpoint),
      cmocka_unit_test(a_number_that_is_not_the_next_is_named),
      cmocka_unit_test(a_changed_line_is_named_by_the_one_behind),
      cmocka_unit_test(what_does_not_begin_as_an_entry_is_named),
      cmocka_unit_test(a_hash_in_capitals_is_named),
      cmocka_unit_test(a_line_that_is_too_long_is_named),
      cmocka_unit_test(every_fault_has_a_text),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
