/* SPDX-License-Identifier: BSD-2-Clause */
/* Signing with key files: which are taken, and what comes out. */
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
#include <sys/stat.h>
#include <unistd.h>

#include "breakglass/mint.h"
#include "private_key.h"
#include "test_paths.h"

#define KEY_NAME "/etc/breakglass/key"

static char path[600];
static char spec[620];
static char text[BG_TOKEN_TEXT_MAX + 1];
static char longer[BG_TOKEN_TEXT_MAX + 1];

static int set_up(void **state) {
  (void)state;
  (void)snprintf(path, sizeof path, "%s" KEY_NAME, test_root_create());
  (void)snprintf(spec, sizeof spec, "file:%s", path);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  test_root_remove();
  return 0;
}

static enum bg_error open_text(const char *pem) {
  struct bg_signing_key *key = NULL;
  test_root_write(KEY_NAME, pem);
  enum bg_error err = bg_signing_key_open(spec, 0, &key);
  assert_int_equal(key != NULL, err == BG_OK);
  bg_signing_key_free(key);
  return err;
}

static enum bg_error open_key(const struct private_key *key) {
  return open_text(private_key_text(key));
}

static struct bg_signing_key *key_of(enum test_person person) {
  struct bg_signing_key *key = NULL;
  const struct private_key file = private_key_of(person);
  test_root_write(KEY_NAME, private_key_text(&file));
  assert_int_equal(bg_signing_key_open(spec, 0, &key), BG_OK);
  return key;
}

static void a_good_file_is_its_owners_key(void **state) {
  (void)state;
  struct bg_ssh_key wanted;
  uint8_t secret[64];
  uint8_t signature[BG_SIGNATURE_MAX];
  size_t len = 0;
  struct bg_signing_key *key = key_of(TEST_BOB);
  test_key_of(TEST_BOB, &wanted, secret);
  assert_memory_equal(bg_signing_key_public(key)->sha256, wanted.sha256, BG_SHA256_SIZE);
  assert_int_equal(bg_signing_key_sign(key, bg_bytes_of("message"), signature, &len), BG_OK);
  assert_int_equal(len, 64);
  assert_true(bg_ssh_key_verify(&wanted, bg_bytes_of("message"), signature));
  bg_signing_key_free(key);
}

static void a_broken_file_is_not_taken(void **state) {
  (void)state;
  const struct private_key good = private_key_of(TEST_BOB);
  struct private_key bad = good;
  assert_int_equal(open_key(&good), BG_OK);
  bad.cipher = "aes256-ctr";
  assert_int_equal(open_key(&bad), BG_ERR_KEY);
  bad = good;
  bad.type = "ssh-dss";
  assert_int_equal(open_key(&bad), BG_ERR_KEY);
  bad = good;
  bad.count = 2;
  assert_int_equal(open_key(&bad), BG_ERR_SYNTAX);
  bad = good;
  bad.checks[1]++;
  assert_int_equal(open_key(&bad), BG_ERR_SYNTAX);
  bad = good;
  bad.public = TEST_CAROL; /* another person's public half */
  assert_int_equal(open_key(&bad), BG_ERR_SYNTAX);
  bad = good;
  bad.trailer = "more";
  assert_int_equal(open_key(&bad), BG_ERR_SYNTAX);
  assert_int_equal(open_text("-----BEGIN RSA PRIVATE KEY-----\n"), BG_ERR_SYNTAX);
  assert_int_equal(open_text("\n"), BG_ERR_SYNTAX);
  assert_int_equal(open_text(""), BG_ERR_SYNTAX);
}

static void no_prefix_of_a_file_is_a_key(void **state) {
  (void)state;
  char pem[4096];
  const struct private_key good = private_key_of(TEST_BOB);
  (void)snprintf(pem, sizeof pem, "%s", private_key_text(&good));
  const char *end = strstr(pem, "\n-----END");
  assert_non_null(end);
  /* Cut in the middle, the end marker kept. */
  for (size_t cut = (size_t)(end - pem); cut > 36; cut--) {
    char shorter[4096];
    (void)snprintf(shorter, sizeof shorter, "%.*s%s", (int)cut - 1, pem, end);
    assert_int_not_equal(open_text(shorter), BG_OK);
  }
}

static void a_file_that_others_can_read_is_no_secret(void **state) {
  (void)state;
  struct bg_signing_key *key = NULL;
  const struct private_key good = private_key_of(TEST_BOB);
  static const mode_t modes[] = {0640, 0604, 0660, 0602};
  test_root_write(KEY_NAME, private_key_text(&good));
  for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
    assert_int_equal(chmod(path, modes[i]), 0);
    assert_int_equal(bg_signing_key_open(spec, 0, &key), BG_ERR_UNSAFE);
  }
  assert_int_equal(chmod(path, 0400), 0);
  assert_int_equal(bg_signing_key_open(spec, 0, &key), BG_OK);
  bg_signing_key_free(key);
}

static void only_files_and_agents_have_keys(void **state) {
  (void)state;
  struct bg_signing_key *key = NULL;
  static const char *const bad[] = {"", "file:", "agent:", "/etc/key", "FILE:/key", "pkcs11:x"};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    assert_int_equal(bg_signing_key_open(bad[i], 0, &key), BG_ERR_RANGE);
  }
  assert_int_equal(bg_signing_key_open(spec, 0, &key), BG_ERR_NOT_FOUND);
  assert_int_equal(symlink("/nowhere", path), 0);
  assert_int_equal(bg_signing_key_open(spec, 0, &key), BG_ERR_UNSAFE);
  bg_signing_key_free(NULL);
}

static void check_signatures(const char *token_text, const enum test_person *people, size_t count) {
  struct bg_token token;
  assert_int_equal(bg_token_decode(token_text, &token), BG_OK);
  assert_int_equal(token.signature_count, count);
  for (size_t i = 0; i < count; i++) {
    struct bg_ssh_key key;
    uint8_t secret[64];
    test_key_of(people[i], &key, secret);
    assert_true(bg_token_signature_is_good(&token.signatures[i], &key, token.payload));
  }
}

static void each_person_signs_once(void **state) {
  (void)state;
  static const enum test_person people[] = {TEST_ISSUER, TEST_BOB, TEST_CAROL, TEST_DAVE,
                                            TEST_ALICE};
  const struct bg_claims claims = test_claims();
  struct bg_signing_key *key = key_of(TEST_ISSUER);
  assert_int_equal(bg_mint(key, &claims, text, NULL), BG_OK);
  assert_int_equal(bg_cosign(key, text, longer, NULL), BG_ERR_EXISTS);
  bg_signing_key_free(key);
  for (size_t i = 1; i < BG_SIGNATURES_MAX; i++) {
    key = key_of(people[i]);
    assert_int_equal(bg_cosign(key, text, longer, NULL), BG_OK);
    memcpy(text, longer, sizeof text);
    bg_signing_key_free(key);
  }
  check_signatures(text, people, BG_SIGNATURES_MAX);
  key = key_of(TEST_MALLORY);
  assert_int_equal(bg_cosign(key, text, longer, NULL), BG_ERR_RANGE);
  bg_signing_key_free(key);
}

static void the_longest_claim_is_named(void **state) {
  (void)state;
  struct bg_claims claims = test_claims();
  const char *longest = NULL;
  struct bg_signing_key *key = key_of(TEST_BOB);
  memset(claims.reason, 'r', BG_REASON_MAX);
  for (size_t i = 0; i < 4; i++) {
    (void)snprintf(claims.audiences[i], BG_NAME_SIZE, "host:%0100zu", i);
  }
  claims.audience_count = 4;
  assert_int_equal(bg_mint(key, &claims, text, &longest), BG_ERR_TOO_LARGE);
  assert_string_equal(longest, "audience");
  claims.audience_count = 1;
  memset(claims.subject, 's', BG_NAME_MAX);
  memset(claims.issuer, 'i', 80);
  assert_int_equal(bg_mint(key, &claims, text, &longest), BG_OK);
  bg_signing_key_free(key);
  /* The first signature fitted, the second does not. */
  key = key_of(TEST_CAROL);
  assert_int_equal(bg_cosign(key, text, longer, &longest), BG_ERR_TOO_LARGE);
  assert_string_equal(longest, "reason");
  bg_signing_key_free(key);
}

static void nothing_but_a_token_is_signed(void **state) {
  (void)state;
  static const uint8_t no_claims[] = {0xa0};
  struct bg_claims claims = test_claims();
  struct bg_signing_key *key = key_of(TEST_BOB);
  struct bg_token token;
  char broken[BG_TOKEN_TEXT_MAX + 2];
  test_mint(&claims, text);
  assert_int_equal(bg_token_decode(text, &token), BG_OK);
  assert_int_equal(bg_token_encode(bg_bytes(no_claims, 1), token.signatures, 1, text), BG_OK);
  assert_int_equal(bg_cosign(key, text, longer, NULL), BG_REFUSED_BAD_CLAIMS);
  assert_int_equal(bg_cosign(key, "bg1_", longer, NULL), BG_REFUSED_MALFORMED);
  memset(broken, 'A', sizeof broken);
  broken[sizeof broken - 1] = '\0';
  assert_int_equal(bg_cosign(key, broken, longer, NULL), BG_REFUSED_TOO_LONG);
  claims.login[0] = '\0';
  assert_int_equal(bg_mint(key, &claims, text, NULL), BG_ERR_RANGE);
  bg_signing_key_free(key);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_good_file_is_its_owners_key),   TEST(a_broken_file_is_not_taken),
      TEST(no_prefix_of_a_file_is_a_key),    TEST(a_file_that_others_can_read_is_no_secret),
      TEST(only_files_and_agents_have_keys), TEST(each_person_signs_once),
      TEST(the_longest_claim_is_named),      TEST(nothing_but_a_token_is_signed),
  };
  return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
