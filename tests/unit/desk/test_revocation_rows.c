/* SPDX-License-Identifier: BSD-2-Clause */
/* Revocations as the ledger keeps them: who has revoked what, and how much of it fits. */
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

#include "revocation_rows.h"
#include "test_paths.h"
#include "test_revocations.h"

#define NOW INT64_C(1800000000)
#define HOLDER "holder"
#define TOKEN "token"

static struct bg_trusted_signers signers;
static struct ledger *ledger;
static struct revocation_set *set;

static int set_up(void **state) {
  (void)state;
  char spec[512];
  (void)test_root_create();
  test_host_write("");
  (void)snprintf(spec, sizeof spec, "sqlite:%s/ledger.db", getenv("BREAKGLASS_TEST_ROOT"));
  return bg_trusted_signers_load(bg_paths()->trusted_signers, bg_paths()->owner, NULL, NULL,
                                 &signers) == BG_OK &&
                 ledger_open(spec, &ledger) == BG_OK && ledger_begin(ledger) == BG_OK
             ? 0
             : -1;
}

static int tear_down(void **state) {
  (void)state;
  free(set);
  set = NULL;
  ledger_close(ledger);
  bg_trusted_signers_free(&signers);
  test_root_remove();
  return 0;
}

static const struct bg_ssh_key *key_of(enum test_person person) {
  static struct bg_ssh_key keys[TEST_MALLORY + 1];
  uint8_t secret[64];
  test_key_of(person, &keys[person], secret);
  return &keys[person];
}

static struct bg_ssh_key stranger(unsigned number) {
  struct bg_ssh_key key = {.type = BG_SSH_ED25519};
  (void)crypto_hash_sha256(key.sha256, (const uint8_t *)&number, sizeof number);
  return key;
}

static const char *hex_of(const char *kind, unsigned number) {
  static char hex[2 * BG_SHA256_SIZE + 1];
  (void)snprintf(hex, sizeof hex, "%0*x",
                 2 * (strcmp(kind, TOKEN) == 0 ? BG_TOKEN_ID_SIZE : BG_SHA256_SIZE), number);
  return hex;
}

static enum bg_error put(const char *kind, unsigned number, enum test_person by) {
  return row_put_value(ledger, kind, hex_of(kind, number), key_of(by), ROW_FOREVER);
}

static void put_by_many(const char *kind, unsigned count) {
  for (unsigned i = 0; i < count; i++) {
    const struct bg_ssh_key by = stranger(i);
    assert_int_equal(row_put_value(ledger, kind, hex_of(kind, i), &by, ROW_FOREVER), BG_OK);
  }
}

static enum bg_error post(enum test_person by, const uint8_t *sha256) {
  uint8_t header[32];
  uint8_t bytes[BG_REVOKE_KEY_SIGNED_MAX];
  uint8_t value[64];
  uint8_t secret[64];
  struct bg_ssh_key key;
  struct bg_buf protected = BG_BUF(header);
  struct bg_buf message = BG_BUF(bytes);
  test_key_of(by, &key, secret);
  assert_int_equal(bg_token_protected(&key, &protected), BG_OK);
  bg_revoke_key_to_be_signed(bg_buf_view(&protected), sha256, &message);
  (void)crypto_sign_detached(value, NULL, message.data, message.len, secret);
  return row_put_signature(ledger, sha256, &key, bg_bytes(value, sizeof value));
}

static void read_as(enum test_person author) {
  free(set);
  set = NULL;
  assert_int_equal(rows_read(ledger, &signers, NOW, key_of(author), &set), BG_OK);
}

static bool has_holder(unsigned number) {
  uint8_t sha256[BG_SHA256_SIZE];
  assert_int_equal(bg_parse_hex(bg_bytes_of(hex_of(HOLDER, number)), sizeof sha256, sha256), BG_OK);
  return set_has_holder(set, sha256);
}

static bool has_token(unsigned number) {
  uint8_t id[BG_TOKEN_ID_SIZE];
  assert_int_equal(bg_parse_hex(bg_bytes_of(hex_of(TOKEN, number)), sizeof id, id), BG_OK);
  return set_has_token(set, id);
}

static void what_two_have_revoked_is_in_the_list_once(void **state) {
  (void)state;
  assert_int_equal(put(TOKEN, 7, TEST_BOB), BG_OK);
  assert_int_equal(put(TOKEN, 7, TEST_BOB), BG_ERR_EXISTS);
  assert_int_equal(put(TOKEN, 7, TEST_CAROL), BG_OK);
  assert_int_equal(put(TOKEN, 5, TEST_CAROL), BG_OK);
  assert_int_equal(put(HOLDER, 7, TEST_BOB), BG_OK);
  read_as(TEST_CAROL);
  assert_int_equal(set->token_count, 2);
  assert_true(has_token(5) && has_token(7) && !has_token(6));
  assert_int_equal(set->holder_count, 1);
  assert_true(has_holder(7) && !has_holder(5));
  assert_int_equal(set->by_author, 2);
}

static void what_only_a_revoked_key_has_revoked_falls_out(void **state) {
  (void)state;
  const uint8_t *bob = key_of(TEST_BOB)->sha256;
  assert_int_equal(put(HOLDER, 1, TEST_BOB), BG_OK);
  assert_int_equal(put(HOLDER, 2, TEST_BOB), BG_OK);
  assert_int_equal(put(HOLDER, 2, TEST_CAROL), BG_OK);
  assert_int_equal(put(TOKEN, 1, TEST_BOB), BG_OK);
  assert_int_equal(post(TEST_CAROL, bob), BG_OK);
  read_as(TEST_BOB);
  assert_true(has_holder(1) && has_holder(2) && has_token(1));
  assert_int_equal(post(TEST_DAVE, bob), BG_OK);
  read_as(TEST_BOB);
  assert_true(set_has_key(set, bob));
  assert_true(!has_holder(1) && has_holder(2) && !has_token(1));
}

static void whoever_posts_often_keeps_no_other_from_posting(void **state) {
  (void)state;
  const uint8_t *carol = key_of(TEST_CAROL)->sha256;
  assert_int_equal(post(TEST_BOB, carol), BG_OK);
  for (unsigned i = 0; i < 10; i++) {
    uint8_t value[BG_SIGNATURE_MAX] = {(uint8_t)i};
    assert_int_equal(
        row_put_signature(ledger, carol, key_of(TEST_BOB), bg_bytes(value, sizeof value)),
        BG_ERR_EXISTS);
  }
  read_as(TEST_BOB);
  assert_int_equal(set->keys_by_author, 1);
  assert_false(set_has_key(set, carol));
  /* Nor does the owner, nor who is nobody here. */
  assert_int_equal(post(TEST_CAROL, carol), BG_OK);
  assert_int_equal(post(TEST_MALLORY, carol), BG_OK);
  read_as(TEST_BOB);
  assert_false(set_has_key(set, carol));
  assert_int_equal(post(TEST_DAVE, carol), BG_OK);
  read_as(TEST_BOB);
  assert_true(set_has_key(set, carol));
}

/* What is in the set, as a list of it says it. */
static void assert_encodes(void) {
  uint8_t *storage = malloc(BG_REVOCATIONS_MAX);
  assert_non_null(storage);
  struct bg_buf payload = {.data = storage, .cap = BG_REVOCATIONS_MAX - 256};
  const struct bg_revocations_content content = set_content(set, "signer.example", 1, NOW);
  assert_int_equal(bg_revocations_encode(&content, &payload), BG_OK);
  free(storage);
}

static void a_list_full_of_all_is_a_list_and_says_what_is_left_out(void **state) {
  (void)state;
  put_by_many(TOKEN, REVOKED_TOKENS_MAX);
  put_by_many(HOLDER, REVOKED_HOLDERS_MAX);
  for (unsigned i = 0; i < BG_REVOKED_KEYS_MAX; i++) {
    const struct bg_ssh_key key = stranger(1000000 + i);
    assert_int_equal(post(TEST_CAROL, key.sha256), BG_OK);
    assert_int_equal(post(TEST_DAVE, key.sha256), BG_OK);
  }
  read_as(TEST_CAROL);
  assert_false(set->tokens_full || set->holders_full || set->keys_full);
  assert_int_equal(set->keys_by_author, BG_REVOKED_KEYS_MAX);
  assert_encodes();
  assert_int_equal(put(TOKEN, 999999, TEST_CAROL), BG_OK);
  read_as(TEST_CAROL);
  assert_true(set->tokens_full && !set->holders_full && !set->keys_full);
  assert_int_equal(put(HOLDER, 999999, TEST_CAROL), BG_OK);
  read_as(TEST_CAROL);
  assert_true(set->holders_full && !set->keys_full);
  /* One more key, which is not the last that is read. */
  const uint8_t first[BG_SHA256_SIZE] = {0};
  assert_int_equal(post(TEST_CAROL, first), BG_OK);
  assert_int_equal(post(TEST_DAVE, first), BG_OK);
  read_as(TEST_CAROL);
  assert_true(set->keys_full);
  assert_true(set_has_key(set, first));
  assert_int_equal(set->key_count, BG_REVOKED_KEYS_MAX);
  assert_encodes();
}

static void a_revocation_ends_with_its_time_and_the_number_stays(void **state) {
  (void)state;
  assert_int_equal(row_put_value(ledger, TOKEN, hex_of(TOKEN, 1), key_of(TEST_BOB), NOW - 1),
                   BG_OK);
  assert_int_equal(row_put_value(ledger, TOKEN, hex_of(TOKEN, 2), key_of(TEST_BOB), NOW), BG_OK);
  assert_int_equal(row_put_number(ledger, 12), BG_OK);
  assert_int_equal(row_put_number(ledger, 12), BG_ERR_EXISTS);
  read_as(TEST_BOB);
  assert_int_equal(set->number, 12);
  assert_true(!has_token(1) && has_token(2));
  assert_int_equal(set->by_author, 1); /* what is over counts against nobody */
}

static void rows_that_are_none_are_an_error(void **state) {
  (void)state;
  static const char *const rows[][2] = {
      {"token", "00112233445566778899aabbccddeeff"},
      {"token", "00112233445566778899aabbccddee:0011223344556677"},
      {"holder", "00112233445566778899aabbccddeeff:0011223344556677"},
      {"approver:00", "0011223344556677:AAAA"},
      {"approver:0000000000000000000000000000000000000000000000000000000000000000",
       "00112233:AAAA"},
      {"approver:0000000000000000000000000000000000000000000000000000000000000000",
       "0011223344556677:****"},
      {"user", "x"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    struct revocation_set *none = NULL;
    assert_int_equal(ledger_step_begin(ledger), BG_OK);
    assert_int_equal(ledger_revoke(ledger, rows[i][0], rows[i][1], ROW_FOREVER), BG_OK);
    assert_int_equal(rows_read(ledger, &signers, NOW, NULL, &none), BG_ERR_IO);
    assert_null(none);
    assert_int_equal(ledger_step_undo(ledger), BG_OK);
  }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(what_two_have_revoked_is_in_the_list_once),
      TEST(what_only_a_revoked_key_has_revoked_falls_out),
      TEST(whoever_posts_often_keeps_no_other_from_posting),
      TEST(a_list_full_of_all_is_a_list_and_says_what_is_left_out),
      TEST(a_revocation_ends_with_its_time_and_the_number_stays),
      TEST(rows_that_are_none_are_an_error),
  };
  return cmocka_run_group_tests_name("revocation rows", tests, NULL, NULL);
}
