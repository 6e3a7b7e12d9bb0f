/* SPDX-License-Identifier: BSD-2-Clause */
/* What the vectors cannot say about bg_verify(): what it asks and what it tells. */
#include <config.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "breakglass/verify.h"
#include "test_token.h"

#define SKEW 30

static struct bg_trusted_signers signers;
static struct bg_ssh_key alice;
static struct bg_token_policy policy;
static char text[BG_TOKEN_TEXT_MAX + 1];
static unsigned asked;

static int set_up(void **state) {
  (void)state;
  static const struct {
    const char *principal;
    const char *role;
    enum test_person person;
  } people[] = {{"breakglass.example", "issuer", TEST_ISSUER},
                {"bob@example.com", "approver", TEST_BOB},
                {"bob@example.com", "approver", TEST_DAVE}, /* Bob's second key */
                {"carol@example.com", "approver", TEST_CAROL}};
  char file[2048];
  uint8_t secret[64];
  struct bg_buf buf = BG_BUF(file);
  for (size_t i = 0; i < sizeof people / sizeof people[0]; i++) {
    bg_buf_printf(&buf, "%s namespaces=\"breakglass-%s\" %s\n", people[i].principal, people[i].role,
                  test_key_line(people[i].person));
  }
  test_key_of(TEST_ALICE, &alice, secret);
  policy = (struct bg_token_policy){.quorums = {{1, 1}, {0, 2}},
                                    .quorum_count = 2,
                                    .holder_key_required = true,
                                    .challenge = true,
                                    .longest_window = 7200,
                                    .clock_skew = SKEW};
  asked = 0;
  return bg_trusted_signers_parse(bg_buf_view(&buf), NULL, NULL, &signers) == BG_OK ? 0 : 1;
}

static int tear_down(void **state) {
  (void)state;
  bg_trusted_signers_free(&signers);
  return 0;
}

static struct bg_verify_request request_at(int64_t now) {
  return (struct bg_verify_request){.token = text,
                                    .policy = &policy,
                                    .signers = &signers,
                                    .host_id = TEST_HOST,
                                    .login = TEST_LOGIN,
                                    .holder = &alice,
                                    .address = "192.0.2.1",
                                    .now = now};
}

static bool proves(void *context, const uint8_t id[static BG_TOKEN_ID_SIZE], int64_t issued_at) {
  const struct bg_claims *claims = context;
  asked++;
  assert_memory_equal(id, claims->id, BG_TOKEN_ID_SIZE);
  assert_int_equal(issued_at, claims->issued_at);
  return true;
}

static bool denies(void *context, const uint8_t id[static BG_TOKEN_ID_SIZE], int64_t issued_at) {
  return !proves(context, id, issued_at);
}

static void tells_who_has_signed(void **state) {
  (void)state;
  const struct bg_claims claims = test_claims();
  struct bg_verdict verdict;
  test_mint(&claims, text);
  const struct bg_verify_request request = request_at(claims.issued_at);
  assert_int_equal(bg_verify(&request, &verdict), BG_OK);
  assert_true(verdict.trusted && verdict.has_claims && verdict.by_issuer);
  assert_string_equal(verdict.claims.subject, "alice@example.com");
  assert_int_equal(verdict.signer_count, 2);
  assert_string_equal(verdict.signers[0].principal, "breakglass.example");
  assert_int_equal(verdict.signers[0].role, BG_ROLE_ISSUER);
  assert_string_equal(verdict.signers[1].principal, "bob@example.com");
  assert_int_equal(verdict.signers[1].role, BG_ROLE_APPROVER);
  assert_ptr_equal(verdict.signers[1].key, &signers.keys[1]);
}

static void an_offline_token_is_by_no_issuer(void **state) {
  (void)state;
  static const enum test_person two[] = {TEST_BOB, TEST_CAROL};
  static const enum test_person one_twice[] = {TEST_BOB, TEST_DAVE};
  struct bg_claims claims = test_claims();
  struct bg_verdict verdict;
  const struct bg_verify_request request = request_at(claims.issued_at);
  strcpy(claims.issuer, "offline");
  test_sign(&claims, two, 2, text);
  assert_int_equal(bg_verify(&request, &verdict), BG_OK);
  assert_false(verdict.by_issuer);
  test_sign(&claims, one_twice, 2, text);
  assert_int_equal(bg_verify(&request, &verdict), BG_REFUSED_SIGNATURES_MISSING);
  assert_true(verdict.trusted && !verdict.has_claims);
}

static void an_issuers_extra_signature_makes_no_lease(void **state) {
  (void)state;
  static const enum test_person three[] = {TEST_ISSUER, TEST_BOB, TEST_CAROL};
  struct bg_claims claims = test_claims();
  struct bg_verdict verdict;
  const struct bg_verify_request request = request_at(claims.issued_at);
  strcpy(claims.issuer, "offline");
  test_sign(&claims, three, 3, text);
  assert_int_equal(bg_verify(&request, &verdict), BG_OK);
  assert_false(verdict.by_issuer);
}

static void asks_the_disk_only_about_tokens_older_than_the_boot(void **state) {
  (void)state;
  struct bg_claims claims = test_claims();
  struct bg_verdict verdict;
  test_mint(&claims, text);
  struct bg_verify_request request = request_at(claims.issued_at);
  request.context = &claims;
  request.proves_unused = denies;
  request.epoch = claims.issued_at - SKEW;
  assert_int_equal(bg_verify(&request, &verdict), BG_OK);
  assert_int_equal(asked, 0);
  request.epoch++;
  assert_int_equal(bg_verify(&request, &verdict), BG_REFUSED_ISSUED_BEFORE_BOOT);
  assert_int_equal(asked, 1);
  request.proves_unused = proves;
  assert_int_equal(bg_verify(&request, &verdict), BG_OK);
  request.proves_unused = NULL;
  assert_int_equal(bg_verify(&request, &verdict), BG_REFUSED_ISSUED_BEFORE_BOOT);
  assert_int_equal(asked, 2);
}

static void any_challenge_in_force_is_answered(void **state) {
  (void)state;
  struct bg_claims claims = test_claims();
  struct bg_verdict verdict;
  const uint8_t challenges[2][BG_NONCE_SIZE] = {{1}, {2}};
  claims.has_nonce = true;
  memcpy(claims.nonce, challenges[1], BG_NONCE_SIZE);
  test_mint(&claims, text);
  /* With a clock of 1970 and an epoch to come. */
  struct bg_verify_request request = request_at(0);
  request.challenges = challenges;
  request.challenge_count = 2;
  request.epoch = claims.issued_at + 1000;
  assert_int_equal(bg_verify(&request, &verdict), BG_OK);
  request.challenge_count = 1;
  assert_int_equal(bg_verify(&request, &verdict), BG_REFUSED_WRONG_CHALLENGE);
  request.challenge_count = 2;
  policy.challenge = false;
  assert_int_equal(bg_verify(&request, &verdict), BG_REFUSED_WRONG_CHALLENGE);
}

static void a_rule_without_alternatives_lets_nobody_in(void **state) {
  (void)state;
  const struct bg_claims claims = test_claims();
  struct bg_verdict verdict;
  const struct bg_verify_request request = request_at(claims.issued_at);
  test_mint(&claims, text);
  policy.quorum_count = 0;
  assert_int_equal(bg_verify(&request, &verdict), BG_REFUSED_SIGNATURES_MISSING);
}

static void a_sources_token_needs_an_address(void **state) {
  (void)state;
  struct bg_claims claims = test_claims();
  struct bg_verdict verdict;
  claims.source_count = 1;
  strcpy(claims.sources[0], "192.0.2.0/24");
  test_mint(&claims, text);
  struct bg_verify_request request = request_at(claims.issued_at);
  assert_int_equal(bg_verify(&request, &verdict), BG_OK);
  request.address = "no address";
  assert_int_equal(bg_verify(&request, &verdict), BG_REFUSED_WRONG_SOURCE);
  request.address = NULL;
  assert_int_equal(bg_verify(&request, &verdict), BG_REFUSED_WRONG_SOURCE);
}

static void capitals_make_nobody_another_person(void **state) {
  (void)state;
  struct bg_claims claims = test_claims();
  struct bg_verdict verdict;
  strcpy(claims.subject, "BOB@Example.com");
  claims.has_holder = false;
  test_mint(&claims, text);
  struct bg_verify_request request = request_at(claims.issued_at);
  request.holder = NULL;
  assert_int_equal(bg_verify(&request, &verdict), BG_REFUSED_SELF_APPROVED);
}

/* Where the policy lets tokens without a holder in, the key that logs in counts. */
static void an_approvers_key_cannot_use_what_he_approved(void **state) {
  (void)state;
  struct bg_claims claims = test_claims();
  struct bg_verdict verdict;
  struct bg_ssh_key bob;
  uint8_t secret[64];
  test_key_of(TEST_BOB, &bob, secret);
  claims.has_holder = false;
  test_mint(&claims, text);
  struct bg_verify_request request = request_at(claims.issued_at);
  policy.holder_key_required = false;
  assert_int_equal(bg_verify(&request, &verdict), BG_OK);
  request.holder = &bob;
  assert_int_equal(bg_verify(&request, &verdict), BG_REFUSED_SELF_APPROVED);
}

/* Every single bit of a token matters. */
static void no_character_can_be_changed(void **state) {
  (void)state;
  const struct bg_claims claims = test_claims();
  struct bg_verdict verdict;
  test_mint(&claims, text);
  const struct bg_verify_request request = request_at(claims.issued_at);
  for (size_t i = 0; text[i] != '\0'; i++) {
    const char before = text[i];
    text[i] = before == 'A' ? 'B' : 'A';
    enum bg_error err = bg_verify(&request, &verdict);
    assert_true(err == BG_REFUSED_MALFORMED || err == BG_REFUSED_UNTRUSTED_KEY ||
                err == BG_REFUSED_BAD_SIGNATURE);
    assert_false(verdict.trusted);
    text[i] = before;
  }
  assert_int_equal(bg_verify(&request, &verdict), BG_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(tells_who_has_signed),
      TEST(an_offline_token_is_by_no_issuer),
      TEST(an_issuers_extra_signature_makes_no_lease),
      TEST(asks_the_disk_only_about_tokens_older_than_the_boot),
      TEST(any_challenge_in_force_is_answered),
      TEST(a_rule_without_alternatives_lets_nobody_in),
      TEST(a_sources_token_needs_an_address),
      TEST(capitals_make_nobody_another_person),
      TEST(an_approvers_key_cannot_use_what_he_approved),
      TEST(no_character_can_be_changed),
  };
  return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
