/* SPDX-License-Identifier: BSD-2-Clause */
/* Credentials of NATS: which files are read, and what is in them. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nats/creds.h"
#include "test_paths.h"

#define JWT_BEGIN "-----BEGIN NATS USER JWT-----\n"
#define JWT JWT_BEGIN "eyJ0eXAi.eyJqdGki.c2ln-_\n------END NATS USER JWT------\n"
#define SEED_BEGIN "-----BEGIN USER NKEY SEED-----\n"
#define SEED SEED_BEGIN "SUAM2345\n------END USER NKEY SEED------\n"

static int setup(void **state) {
  (void)state;
  (void)test_root_create();
  return 0;
}

static int teardown(void **state) {
  (void)state;
  test_root_remove();
  return 0;
}

static void both_are_found(void **state) {
  static const char *const good[] = {
      JWT "\n*** IMPORTANT ***\nkeep it secret\n\n" SEED,
      SEED JWT,
      "-----BEGIN NATS USER JWT-----\r\neyJ0eXAi.eyJqdGki.c2ln-_\r\n---END---\r\n" SEED,
      JWT SEED_BEGIN "SUAM2345",
  };
  struct creds creds;
  (void)state;
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    assert_int_equal(creds_parse(bg_bytes_of(good[i]), &creds), BG_OK);
    assert_string_equal(creds.jwt, "eyJ0eXAi.eyJqdGki.c2ln-_");
    assert_string_equal(creds.seed, "SUAM2345");
  }
}

static void what_is_none_is_refused(void **state) {
  static const char *const bad[] = {
      "",
      "\n",
      JWT,
      SEED,
      "eyJ0eXAi.eyJqdGki.c2ln-_\nSUAM2345\n",
      JWT_BEGIN "\n" SEED,
      JWT_BEGIN SEED,
      JWT_BEGIN "a\",\"x\":\"\n---\n" SEED, /* it would be part of JSON */
      JWT_BEGIN "a b\n---\n" SEED,
      JWT SEED_BEGIN,
      JWT SEED_BEGIN "suam\n",
      "BEGIN NATS USER JWT\na.b.c\n" SEED,
  };
  static struct creds creds;
  static char longest[2 * CREDS_JWT_SIZE];
  (void)state;
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    if (creds_parse(bg_bytes_of(bad[i]), &creds) != BG_ERR_SYNTAX) {
      fail_msg("taken: %s", bad[i]);
    }
  }
  assert_int_equal(
      creds_parse(bg_bytes(JWT_BEGIN "a\0b\n" SEED, strlen(JWT_BEGIN SEED) + 4), &creds),
      BG_ERR_SYNTAX);
  (void)snprintf(longest, sizeof longest, JWT_BEGIN "%0*d\n---\n" SEED, CREDS_JWT_SIZE, 0);
  assert_int_equal(creds_parse(bg_bytes_of(longest), &creds), BG_ERR_SYNTAX);
}

static void only_a_file_of_ones_own_is_read(void **state) {
  struct creds creds;
  char path[1024], link[1032];
  (void)state;
  (void)snprintf(path, sizeof path, "%s/x.creds", getenv("BREAKGLASS_TEST_ROOT"));
  (void)snprintf(link, sizeof link, "%s.link", path);
  assert_int_equal(creds_read(path, &creds), BG_ERR_NOT_FOUND);
  test_root_write("/x.creds", JWT SEED);
  assert_int_equal(symlink(path, link), 0);
  static const mode_t good[] = {0600, 0400};
  static const mode_t bad[] = {0644, 0640, 0604, 0660, 0602, 0610, 0601};
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    assert_int_equal(chmod(path, good[i]), 0);
    assert_int_equal(creds_read(path, &creds), BG_OK);
  }
  assert_int_equal(creds_read(link, &creds), BG_ERR_UNSAFE);
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    assert_int_equal(chmod(path, bad[i]), 0);
    assert_int_equal(creds_read(path, &creds), BG_ERR_UNSAFE);
  }
  if (geteuid() == 0) { /* somebody else's */
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(chown(path, 12345, 0), 0);
    assert_int_equal(creds_read(path, &creds), BG_ERR_UNSAFE);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(both_are_found),
      cmocka_unit_test(what_is_none_is_refused),
      cmocka_unit_test_setup_teardown(only_a_file_of_ones_own_is_read, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
