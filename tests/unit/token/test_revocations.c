/* SPDX-License-Identifier: BSD-2-Clause */
/* Revocation lists: what is read, by whom it counts, and what a token in it gets. */
#include <config.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/cbor.h"
#include "breakglass/host_clock.h"
#include "breakglass/verify.h"
#include "test_paths.h"
#include "test_revocations.h"

#define TIME INT64_C(1800000000)

static struct bg_trusted_signers signers;
static struct bg_revocations list;

static const uint8_t tokens[3][BG_TOKEN_ID_SIZE] = {{1}, {1, 2}, {9}};
static uint8_t holders[2][BG_SHA256_SIZE] = {{3}, {4}};
static const enum test_person issuer[] = {TEST_ISSUER};

static int set_up(void **state) {
  (void)state;
  (void)test_root_create();
  test_host_write("");
  return bg_trusted_signers_load(bg_paths()->trusted_signers, bg_paths()->owner, NULL, NULL,
                                 &signers) == BG_OK
             ? 0
             : -1;
}

static int tear_down(void **state) {
  (void)state;
  bg_trusted_signers_free(&signers);
  test_root_remove();
  return 0;
}

static const uint8_t *hash_of(enum test_person person) {
  static struct bg_ssh_key key;
  uint8_t secret[64];
  test_key_of(person, &key, secret);
  return key.sha256;
}

static struct bg_revocations_content full(const struct bg_revoked_key *keys, size_t count) {
  return (struct bg_revocations_content){.issuer = "breakglass.example",
                                         .number = 7,
                                         .issued_at = TIME,
                                         .tokens = tokens,
                                         .token_count = 3,
                                         .holders = (const uint8_t(*)[BG_SHA256_SIZE])holders,
                                         .holder_count = 2,
                                         .keys = keys,
                                         .key_count = count};
}

static enum bg_error judge(struct bg_bytes bytes) {
  enum bg_error err = bg_revocations_parse(bytes, &list);
  return err == BG_OK ? bg_revocations_verify(&list, &signers) : err;
}

static enum bg_error judge_content(const struct bg_revocations_content *content) {
  return judge(test_revocation_list(content));
}

static void a_list_says_what_was_put_into_it(void **state) {
  (void)state;
  const struct bg_revoked_key key = test_revoked_key(TEST_BOB, TEST_CAROL, TEST_DAVE);
  const struct bg_revocations_content content = full(&key, 1);
  assert_int_equal(judge_content(&content), BG_OK);
  assert_string_equal(list.issuer, "breakglass.example");
  assert_int_equal(list.number, 7);
  assert_int_equal(list.issued_at, TIME);
  assert_int_equal(list.expires, TIME + 86400);
  for (size_t i = 0; i < 3; i++) {
    assert_true(bg_revocations_has_token(&list, tokens[i]));
  }
  for (uint8_t first = 0; first < 12; first++) {
    const uint8_t id[BG_TOKEN_ID_SIZE] = {first};
    const uint8_t hash[BG_SHA256_SIZE] = {first};
    assert_int_equal(bg_revocations_has_token(&list, id), first == 1 || first == 9);
    assert_int_equal(bg_revocations_has_holder(&list, hash), first == 3 || first == 4);
  }
  assert_true(bg_revocations_has_key(&list, &signers, hash_of(TEST_BOB)));
  assert_false(bg_revocations_has_key(&list, &signers, hash_of(TEST_CAROL)));
}

static void an_empty_list_is_a_list(void **state) {
  (void)state;
  const struct bg_revocations_content content = {
      .issuer = "breakglass.example", .number = 1, .issued_at = TIME};
  assert_int_equal(judge_content(&content), BG_OK);
  assert_false(bg_revocations_has_token(&list, tokens[0]));
  assert_false(bg_revocations_has_holder(&list, holders[0]));
  assert_false(bg_revocations_has_key(&list, &signers, hash_of(TEST_BOB)));
}

static void every_key_is_found_among_many(void **state) {
  (void)state;
  static struct bg_revoked_key keys[BG_REVOKED_KEYS_MAX + 1];
  for (size_t i = 0; i <= BG_REVOKED_KEYS_MAX; i++) {
    keys[i] = test_revoked_key(TEST_BOB, TEST_CAROL, TEST_DAVE);
    memset(keys[i].sha256, (int)(i & 0xFF), sizeof keys[i].sha256);
    keys[i].sha256[0] = (uint8_t)(i >> 8);
    keys[i].sha256[1] = (uint8_t)i;
  }
  uint8_t storage[BG_REVOCATIONS_MAX];
  struct bg_buf payload = BG_BUF(storage);
  struct bg_revocations_content content = full(keys, BG_REVOKED_KEYS_MAX + 1);
  assert_int_equal(bg_revocations_encode(&content, &payload), BG_ERR_RANGE);
  content.key_count = BG_REVOKED_KEYS_MAX;
  assert_int_equal(judge_content(&content), BG_OK);
  for (size_t i = 0; i < BG_REVOKED_KEYS_MAX; i++) {
    struct bg_revoked_key key;
    bg_revocations_key(&list, i, &key);
    assert_memory_equal(key.sha256, keys[i].sha256, sizeof key.sha256);
    /* Signed for another key than this. */
    assert_false(bg_revocations_has_key(&list, &signers, key.sha256));
  }
}

static void a_key_is_revoked_by_two_approvers_other_than_its_owner(void **state) {
  (void)state;
  static const struct {
    enum test_person whose, first, second;
    bool proven;
  } cases[] = {
      {TEST_BOB, TEST_CAROL, TEST_DAVE, true},     {TEST_BOB, TEST_DAVE, TEST_CAROL, true},
      {TEST_BOB, TEST_CAROL, TEST_CAROL, false},   /* one approver, twice */
      {TEST_BOB, TEST_BOB, TEST_CAROL, false},     /* its owner */
      {TEST_BOB, TEST_CAROL, TEST_BOB, false},     /* its owner, behind */
      {TEST_BOB, TEST_ISSUER, TEST_CAROL, false},  /* the issuer is no approver */
      {TEST_BOB, TEST_CAROL, TEST_ISSUER, false},  /* nor here */
      {TEST_BOB, TEST_CAROL, TEST_MALLORY, false}, /* a stranger */
      {TEST_MALLORY, TEST_CAROL, TEST_DAVE, true}, /* of a key that nobody knows */
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const struct bg_revoked_key key =
        test_revoked_key(cases[i].whose, cases[i].first, cases[i].second);
    const struct bg_revocations_content content = full(&key, 1);
    assert_int_equal(judge_content(&content), BG_OK);
    assert_int_equal(bg_revocations_has_key(&list, &signers, hash_of(cases[i].whose)),
                     cases[i].proven);
  }
}

static void a_signature_for_another_key_revokes_nothing(void **state) {
  (void)state;
  struct bg_revoked_key key = test_revoked_key(TEST_BOB, TEST_CAROL, TEST_DAVE);
  key.signatures[1] = test_revoke_key(TEST_DAVE, TEST_ALICE);
  const struct bg_revocations_content content = full(&key, 1);
  assert_int_equal(judge_content(&content), BG_OK);
  assert_false(bg_revocations_has_key(&list, &signers, hash_of(TEST_BOB)));
}

static void an_approver_whose_key_has_run_out_still_revokes(void **state) {
  (void)state;
  const struct bg_revoked_key key = test_revoked_key(TEST_BOB, TEST_CAROL, TEST_DAVE);
  const struct bg_revocations_content content = full(&key, 1);
  assert_int_equal(judge_content(&content), BG_OK);
  for (size_t i = 0; i < signers.count; i++) {
    if (strcmp(signers.keys[i].principal, "carol@example.com") == 0) {
      signers.keys[i].valid_before = 1;
    }
  }
  assert_true(bg_revocations_has_key(&list, &signers, hash_of(TEST_BOB)));
}

static void only_a_trusted_issuer_makes_a_list(void **state) {
  (void)state;
  static const struct {
    enum test_person people[2];
    size_t count;
    enum bg_error err;
  } cases[] = {
      {{TEST_ISSUER}, 1, BG_OK},
      {{TEST_BOB}, 1, BG_REFUSED_UNTRUSTED_KEY},
      {{TEST_MALLORY}, 1, BG_REFUSED_UNTRUSTED_KEY},
      {{TEST_ISSUER, TEST_BOB}, 2, BG_REFUSED_UNTRUSTED_KEY},
      {{TEST_ISSUER, TEST_ISSUER}, 2, BG_REFUSED_MALFORMED},
  };
  uint8_t storage[1024];
  struct bg_buf payload = BG_BUF(storage);
  const struct bg_revocations_content content = full(NULL, 0);
  assert_int_equal(bg_revocations_encode(&content, &payload), BG_OK);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    assert_int_equal(
        judge(test_sign_payload(bg_buf_view(&payload), cases[i].people, cases[i].count)),
        cases[i].err);
  }
}

static void an_issuer_signs_in_its_own_name_and_time(void **state) {
  (void)state;
  struct bg_revocations_content content = full(NULL, 0);
  content.issuer = "other.example";
  assert_int_equal(judge_content(&content), BG_REFUSED_WRONG_ISSUER);
  content.issuer = "breakglass.example";
  signers.keys[0].valid_before = TIME;
  assert_int_equal(judge_content(&content), BG_REFUSED_UNTRUSTED_KEY);
  signers.keys[0].valid_before = INT64_MAX;
  signers.keys[0].valid_after = TIME + 1;
  assert_int_equal(judge_content(&content), BG_REFUSED_UNTRUSTED_KEY);
}

/* Otherwise whoever lets an issuer's key run out revives all that its list has revoked. */
static void a_list_outlives_the_key_of_its_issuer(void **state) {
  (void)state;
  const struct bg_revocations_content content = full(NULL, 0);
  signers.keys[0].valid_before = TIME + 1;
  assert_int_equal(judge_content(&content), BG_OK);
  assert_true(bg_revocations_has_token(&list, tokens[0]));
  /* But it is no new one any more. */
  assert_int_equal(bg_revocations_check_signers(&list, &signers, TIME), BG_OK);
  assert_int_equal(bg_revocations_check_signers(&list, &signers, TIME + 1),
                   BG_REFUSED_UNTRUSTED_KEY);
}

/* With every single byte changed in turn, and cut at every length. */
static void no_other_bytes_are_the_list(void **state) {
  (void)state;
  const struct bg_revoked_key key = test_revoked_key(TEST_BOB, TEST_CAROL, TEST_DAVE);
  const struct bg_revocations_content content = full(&key, 1);
  const struct bg_bytes good = test_revocation_list(&content);
  uint8_t *copy = malloc(good.len + 1);
  assert_non_null(copy);
  for (size_t i = 0; i < good.len; i++) {
    memcpy(copy, good.data, good.len);
    copy[i] ^= 0x01;
    assert_int_not_equal(judge(bg_bytes(copy, good.len)), BG_OK);
    uint8_t *exact = malloc(i + 1); /* so that a reader beyond the end is seen */
    assert_non_null(exact);
    memcpy(exact, good.data, i);
    assert_int_equal(judge(bg_bytes(exact, i)), BG_REFUSED_MALFORMED);
    free(exact);
  }
  memcpy(copy, good.data, good.len);
  copy[good.len] = 0;
  assert_int_equal(judge(bg_bytes(copy, good.len + 1)), BG_REFUSED_MALFORMED);
  free(copy);
}

static void a_payload_cut_anywhere_is_refused(void **state) {
  (void)state;
  uint8_t storage[2048];
  struct bg_buf payload = BG_BUF(storage);
  const struct bg_revoked_key key = test_revoked_key(TEST_BOB, TEST_CAROL, TEST_DAVE);
  const struct bg_revocations_content content = full(&key, 1);
  assert_int_equal(bg_revocations_encode(&content, &payload), BG_OK);
  for (size_t i = 0; i < payload.len; i++) {
    assert_int_equal(judge(test_sign_payload(bg_bytes(storage, i), issuer, 1)),
                     BG_REFUSED_BAD_CLAIMS);
  }
  storage[payload.len] = 0;
  assert_int_equal(judge(test_sign_payload(bg_bytes(storage, payload.len + 1), issuer, 1)),
                   BG_REFUSED_BAD_CLAIMS);
}

/* A payload with what a rule forbids; the encoder would not write it. */
struct odd {
  int64_t keys[7];
  size_t pairs;
  int64_t number, issued_at, expires;
  const char *issuer;
  uint8_t first, second; /* of two ids */
  size_t id_len;
};

static struct bg_bytes odd_payload(const struct odd *odd) {
  static uint8_t storage[1024];
  uint8_t ids[2][64] = {{odd->first}, {odd->second}};
  struct bg_buf buf = BG_BUF(storage);
  bg_cbor_put_map(&buf, odd->pairs);
  bg_cbor_put_int(&buf, odd->keys[0]);
  bg_cbor_put_text(&buf, odd->issuer);
  const int64_t numbers[] = {odd->number, odd->issued_at, odd->expires};
  for (size_t i = 0; i < 3; i++) {
    bg_cbor_put_int(&buf, odd->keys[1 + i]);
    bg_cbor_put_int(&buf, numbers[i]);
  }
  bg_cbor_put_int(&buf, odd->keys[4]);
  bg_cbor_put_array(&buf, 2);
  bg_cbor_put_bytes(&buf, bg_bytes(ids[0], odd->id_len));
  bg_cbor_put_bytes(&buf, bg_bytes(ids[1], odd->id_len));
  for (size_t i = 5; i < odd->pairs; i++) {
    bg_cbor_put_int(&buf, odd->keys[i]);
    bg_cbor_put_array(&buf, 0);
  }
  return bg_buf_view(&buf);
}

static void a_payload_keeps_every_rule(void **state) {
  (void)state;
  const struct odd good = {.keys = {1, 2, 3, 4, 5, 6, 7},
                           .pairs = 7,
                           .number = 1,
                           .issued_at = TIME,
                           .expires = TIME + 86400,
                           .issuer = "breakglass.example",
                           .first = 1,
                           .second = 2,
                           .id_len = 16};
  struct odd odd[16];
  for (size_t i = 0; i < 16; i++) {
    odd[i] = good;
  }
  odd[1].number = 0;
  odd[2].number = -1;
  odd[3].expires++;
  odd[4].expires = TIME - 1;
  odd[5].issued_at = -1, odd[5].expires = 86399;
  odd[6].issued_at = BG_TIME_MAX, odd[6].expires = BG_TIME_MAX + 86400;
  odd[7].issuer = "";
  odd[8].issuer = "a\nb";
  odd[9].first = 2;  /* twice */
  odd[10].first = 3; /* unsorted */
  odd[11].id_len = 15;
  odd[12].id_len = 17;
  odd[13].pairs = 6;
  odd[14].keys[6] = 8;
  odd[15].keys[0] = 2, odd[15].keys[1] = 1;
  for (size_t i = 0; i < 16; i++) {
    assert_int_equal(judge(test_sign_payload(odd_payload(&odd[i]), issuer, 1)),
                     i == 0 ? BG_OK : BG_REFUSED_BAD_CLAIMS);
  }
}

static void the_encoder_takes_only_what_is_sorted_and_fits(void **state) {
  (void)state;
  static const uint8_t twice[2][BG_TOKEN_ID_SIZE] = {{1}, {1}};
  static uint8_t many[20000][BG_TOKEN_ID_SIZE];
  uint8_t *storage = malloc(BG_REVOCATIONS_MAX);
  assert_non_null(storage);
  struct bg_buf payload = {.data = storage, .cap = BG_REVOCATIONS_MAX};
  struct bg_revocations_content content = full(NULL, 0);
  content.tokens = twice;
  content.token_count = 2;
  assert_int_equal(bg_revocations_encode(&content, &payload), BG_ERR_RANGE);
  content.token_count = 1;
  content.issued_at = -1;
  assert_int_equal(bg_revocations_encode(&content, &payload), BG_ERR_RANGE);
  content.issued_at = TIME;
  content.tokens = (const uint8_t(*)[BG_TOKEN_ID_SIZE])many;
  content.token_count = 20000;
  assert_int_equal(bg_revocations_encode(&content, &payload), BG_ERR_TOO_LARGE);
  static const uint8_t zeros[BG_REVOCATIONS_MAX + 1];
  assert_int_equal(judge(bg_bytes(zeros, sizeof zeros)), BG_ERR_TOO_LARGE);
  free(storage);
}

static void a_list_lives_for_a_day(void **state) {
  (void)state;
  const struct bg_revocations_content content = full(NULL, 0);
  assert_int_equal(judge_content(&content), BG_OK);
  assert_int_equal(bg_revocations_check_time(&list, TIME - 31, 30), BG_REFUSED_NOT_YET_VALID);
  assert_int_equal(bg_revocations_check_time(&list, TIME - 30, 30), BG_OK);
  assert_int_equal(bg_revocations_check_time(&list, TIME + 86430, 30), BG_OK);
  assert_int_equal(bg_revocations_check_time(&list, TIME + 86431, 30), BG_REFUSED_EXPIRED);
}

static void only_a_later_number_takes_the_place_of_a_list(void **state) {
  (void)state;
  struct bg_revocations old = {.issuer = "a", .number = 5, .issued_at = TIME};
  struct bg_revocations new = old;
  assert_false(bg_revocations_is_newer(&new, &old)); /* the same */
  new.number = 4;
  new.issued_at = TIME + 1;
  assert_false(bg_revocations_is_newer(&new, &old));
  new.number = 6;
  new.issued_at = TIME - 1;
  assert_true(bg_revocations_is_newer(&new, &old));
  (void)strcpy(new.issuer, "b"); /* numbers of two services cannot be compared */
  assert_false(bg_revocations_is_newer(&new, &old));
  new.number = 1;
  new.issued_at = TIME + 1;
  assert_true(bg_revocations_is_newer(&new, &old));
}

/* -- tokens by the list --------------------------------------------------------------------------
 */

static unsigned asked;

static const struct bg_revocations *ask_for(void *context) {
  asked++;
  return context;
}

static enum bg_error verify(const struct bg_claims *claims, struct bg_revocations *revoked,
                            bool required, int64_t now) {
  char text[BG_TOKEN_TEXT_MAX + 1];
  struct bg_ssh_key holder;
  uint8_t secret[64];
  struct bg_verdict verdict;
  const struct bg_token_policy policy = {.quorums = {{1, 1}},
                                         .quorum_count = 1,
                                         .revocations_required = required,
                                         .longest_window = 3600,
                                         .clock_skew = 30};
  test_key_of(TEST_ALICE, &holder, secret);
  test_mint(claims, text);
  const struct bg_verify_request request = {.token = text,
                                            .policy = &policy,
                                            .signers = &signers,
                                            .host_id = TEST_HOST,
                                            .login = TEST_LOGIN,
                                            .holder = &holder,
                                            .now = now,
                                            .revocations = ask_for,
                                            .context = revoked};
  return bg_verify(&request, &verdict);
}

static void a_token_in_the_list_is_revoked(void **state) {
  (void)state;
  const int64_t now = bg_clock_now();
  struct bg_claims claims = test_claims();
  struct bg_revoked_key key = test_revoked_key(TEST_BOB, TEST_CAROL, TEST_DAVE);
  struct bg_revocations_content content = full(NULL, 0);
  content.issued_at = now;
  assert_int_equal(judge_content(&content), BG_OK);
  assert_int_equal(verify(&claims, &list, true, now), BG_OK);
  content.tokens = (const uint8_t(*)[BG_TOKEN_ID_SIZE])claims.id;
  content.token_count = 1;
  assert_int_equal(judge_content(&content), BG_OK);
  assert_int_equal(verify(&claims, &list, false, now), BG_REFUSED_REVOKED);
  content.token_count = 0;
  content.holders = (const uint8_t(*)[BG_SHA256_SIZE])claims.holder;
  content.holder_count = 1;
  assert_int_equal(judge_content(&content), BG_OK);
  assert_int_equal(verify(&claims, &list, false, now), BG_REFUSED_REVOKED);
  claims.has_holder = false; /* the key that logs in counts, too */
  assert_int_equal(verify(&claims, &list, false, now), BG_REFUSED_REVOKED);
  content.holder_count = 0;
  content.keys = &key;
  content.key_count = 1;
  assert_int_equal(judge_content(&content), BG_OK);
  assert_int_equal(verify(&claims, &list, false, now), BG_REFUSED_REVOKED);
  key = test_revoked_key(TEST_BOB, TEST_CAROL, TEST_CAROL);
  assert_int_equal(judge_content(&content), BG_OK);
  assert_int_equal(verify(&claims, &list, false, now), BG_OK);
}

static void an_issuers_key_is_not_revoked_by_a_list(void **state) {
  (void)state;
  const int64_t now = bg_clock_now();
  const struct bg_claims claims = test_claims();
  const struct bg_revoked_key key = test_revoked_key(TEST_ISSUER, TEST_CAROL, TEST_DAVE);
  const struct bg_revocations_content content = full(&key, 1);
  assert_int_equal(judge_content(&content), BG_OK);
  assert_int_equal(verify(&claims, &list, false, now), BG_OK);
}

static void the_list_is_looked_at_last(void **state) {
  (void)state;
  const int64_t now = bg_clock_now();
  struct bg_claims claims = test_claims();
  asked = 0;
  assert_int_equal(verify(&claims, NULL, false, now), BG_OK);
  assert_int_equal(asked, 1);
  (void)strcpy(claims.login, "root");
  assert_int_equal(verify(&claims, NULL, true, now), BG_REFUSED_WRONG_LOGIN);
  assert_int_equal(asked, 1);
}

static void a_list_that_is_missing_or_old_denies_only_where_one_is_required(void **state) {
  (void)state;
  const int64_t now = bg_clock_now();
  struct bg_claims claims = test_claims();
  struct bg_revocations_content content = full(NULL, 0);
  assert_int_equal(verify(&claims, NULL, false, now), BG_OK);
  assert_int_equal(verify(&claims, NULL, true, now), BG_REFUSED_REVOKED);
  content.issued_at = now - 86431;
  assert_int_equal(judge_content(&content), BG_OK);
  assert_int_equal(verify(&claims, &list, false, now), BG_OK);
  assert_int_equal(verify(&claims, &list, true, now), BG_REFUSED_REVOKED);
  content.issued_at = now + 60;
  assert_int_equal(judge_content(&content), BG_OK);
  assert_int_equal(verify(&claims, &list, true, now), BG_REFUSED_REVOKED);
  /* What it revokes stays revoked. */
  content.issued_at = now - 200000;
  content.tokens = (const uint8_t(*)[BG_TOKEN_ID_SIZE])claims.id;
  content.token_count = 1;
  assert_int_equal(judge_content(&content), BG_OK);
  assert_int_equal(verify(&claims, &list, false, now), BG_REFUSED_REVOKED);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_list_says_what_was_put_into_it),
      TEST(an_empty_list_is_a_list),
      TEST(every_key_is_found_among_many),
      TEST(a_key_is_revoked_by_two_approvers_other_than_its_owner),
      TEST(a_signature_for_another_key_revokes_nothing),
      TEST(an_approver_whose_key_has_run_out_still_revokes),
      TEST(only_a_trusted_issuer_makes_a_list),
      TEST(an_issuer_signs_in_its_own_name_and_time),
      TEST(a_list_outlives_the_key_of_its_issuer),
      TEST(no_other_bytes_are_the_list),
      TEST(a_payload_cut_anywhere_is_refused),
      TEST(a_payload_keeps_every_rule),
      TEST(the_encoder_takes_only_what_is_sorted_and_fits),
      TEST(a_list_lives_for_a_day),
      TEST(only_a_later_number_takes_the_place_of_a_list),
      TEST(a_token_in_the_list_is_revoked),
      TEST(an_issuers_key_is_not_revoked_by_a_list),
      TEST(the_list_is_looked_at_last),
      TEST(a_list_that_is_missing_or_old_denies_only_where_one_is_required),
  };
  return cmocka_run_group_tests_name("revocations", tests, NULL, NULL);
}
