/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing claims and messages: what no reader would take is not written. */
#include <config.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "test_token.h"

static enum bg_error encode(const struct bg_claims *claims) {
  uint8_t storage[4096];
  struct bg_buf buf = BG_BUF(storage);
  enum bg_error err = bg_claims_encode(claims, &buf);
  assert_int_equal(buf.len > 0, err == BG_OK);
  return err;
}

static struct bg_claims all_claims(void) {
  struct bg_claims claims = test_claims();
  strcpy(claims.audiences[1], "group:web");
  claims.audience_count = 2;
  claims.has_nonce = true;
  randombytes_buf(claims.nonce, sizeof claims.nonce);
  claims.level = BG_LEVEL_REALLOCATE;
  strcpy(claims.sources[0], "192.0.2.0/24");
  strcpy(claims.sources[1], "2001:db8::/32");
  claims.source_count = 2;
  return claims;
}

static void all_claims_come_back(void **state) {
  (void)state;
  const struct bg_claims claims = all_claims();
  struct bg_claims found;
  uint8_t storage[BG_TOKEN_BYTES_MAX];
  struct bg_buf buf = BG_BUF(storage);
  assert_int_equal(bg_claims_encode(&claims, &buf), BG_OK);
  assert_int_equal(bg_claims_decode(bg_buf_view(&buf), &found), BG_OK);
  assert_string_equal(found.issuer, claims.issuer);
  assert_string_equal(found.subject, claims.subject);
  assert_int_equal(found.audience_count, 2);
  assert_string_equal(found.audiences[1], "group:web");
  assert_int_equal(found.expires, claims.expires);
  assert_int_equal(found.not_before, claims.not_before);
  assert_int_equal(found.issued_at, claims.issued_at);
  assert_memory_equal(found.id, claims.id, sizeof claims.id);
  assert_true(found.has_holder);
  assert_memory_equal(found.holder, claims.holder, sizeof claims.holder);
  assert_true(found.has_nonce);
  assert_memory_equal(found.nonce, claims.nonce, sizeof claims.nonce);
  assert_string_equal(found.login, claims.login);
  assert_int_equal(found.longest, claims.longest);
  assert_int_equal(found.level, BG_LEVEL_REALLOCATE);
  assert_string_equal(found.reason, claims.reason);
  assert_int_equal(found.source_count, 2);
  assert_string_equal(found.sources[1], "2001:db8::/32");
}

static void no_prefix_of_the_claims_is_claims(void **state) {
  (void)state;
  const struct bg_claims claims = all_claims();
  uint8_t storage[BG_TOKEN_BYTES_MAX];
  struct bg_buf buf = BG_BUF(storage);
  assert_int_equal(bg_claims_encode(&claims, &buf), BG_OK);
  for (size_t len = 0; len < buf.len; len++) {
    struct bg_claims found = {.longest = 7};
    uint8_t *exact = malloc(len > 0 ? len : 1);
    assert_non_null(exact);
    memcpy(exact, storage, len);
    assert_int_equal(bg_claims_decode(bg_bytes(exact, len), &found), BG_REFUSED_BAD_CLAIMS);
    assert_int_equal(found.longest, 7); /* untouched */
    free(exact);
  }
}

static void nothing_unreadable_is_written(void **state) {
  (void)state;
  const struct bg_claims good = all_claims();
  struct bg_claims bad = good;
  assert_int_equal(encode(&good), BG_OK);
  bad.expires = bad.not_before;
  assert_int_equal(encode(&bad), BG_ERR_RANGE);
  bad = good;
  bad.issued_at = bad.expires + 1;
  assert_int_equal(encode(&bad), BG_ERR_RANGE);
  bad = good;
  bad.expires = (int64_t)BG_TIME_MAX + 1;
  assert_int_equal(encode(&bad), BG_ERR_RANGE);
  bad = good;
  bad.longest = 0;
  assert_int_equal(encode(&bad), BG_ERR_RANGE);
  bad = good;
  bad.level = (enum bg_level)4;
  assert_int_equal(encode(&bad), BG_ERR_RANGE);
  bad = good;
  bad.audience_count = 0;
  assert_int_equal(encode(&bad), BG_ERR_RANGE);
  bad.audience_count = BG_SCOPES_MAX + 1;
  assert_int_equal(encode(&bad), BG_ERR_RANGE);
  bad = good;
  strcpy(bad.audiences[1], "host:");
  assert_int_equal(encode(&bad), BG_ERR_RANGE);
  bad = good;
  strcpy(bad.sources[1], "192.0.2.1/24");
  assert_int_equal(encode(&bad), BG_ERR_RANGE);
  bad = good;
  strcpy(bad.reason, "line\nbreak");
  assert_int_equal(encode(&bad), BG_ERR_RANGE);
  bad = good;
  bad.login[0] = '\0';
  assert_int_equal(encode(&bad), BG_ERR_RANGE);
}

static void a_small_buffer_is_too_small(void **state) {
  (void)state;
  const struct bg_claims claims = all_claims();
  uint8_t storage[64];
  struct bg_buf buf = BG_BUF(storage);
  assert_int_equal(bg_claims_encode(&claims, &buf), BG_ERR_TOO_LARGE);
}

static void no_prefix_of_a_token_is_a_token(void **state) {
  (void)state;
  const struct bg_claims claims = all_claims();
  char text[BG_TOKEN_TEXT_MAX + 1];
  struct bg_token token;
  test_mint(&claims, text);
  assert_int_equal(bg_token_decode(text, &token), BG_OK);
  for (size_t len = strlen(text); len-- > 0;) {
    text[len] = '\0';
    assert_int_equal(bg_token_decode(text, &token), BG_REFUSED_MALFORMED);
  }
}

static void only_the_alphabets_characters_are_read(void **state) {
  (void)state;
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const struct bg_claims claims = all_claims();
  char text[BG_TOKEN_TEXT_MAX + 1];
  struct bg_token token;
  test_mint(&claims, text);
  char *last = text + strlen(text) - 3; /* in a signature: any letter decodes */
  for (int byte = 1; byte < 256; byte++) {
    *last = (char)byte;
    assert_int_equal(bg_token_decode(text, &token),
                     strchr(alphabet, byte) != NULL ? BG_OK : BG_REFUSED_MALFORMED);
  }
}

static void levels_have_names(void **state) {
  (void)state;
  enum bg_level level = BG_LEVEL_NONE;
  for (enum bg_level i = BG_LEVEL_REFRESH; i <= BG_LEVEL_REALLOCATE; i++) {
    assert_int_equal(bg_level_parse(bg_bytes_of(bg_level_name(i)), &level), BG_OK);
    assert_int_equal(level, i);
  }
  assert_null(bg_level_name(BG_LEVEL_NONE));
  assert_null(bg_level_name((enum bg_level)4));
  assert_int_equal(bg_level_parse(bg_bytes_of("Refresh"), &level), BG_ERR_SYNTAX);
  assert_int_equal(bg_level_parse(bg_bytes_of(""), &level), BG_ERR_SYNTAX);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(all_claims_come_back),
      cmocka_unit_test(no_prefix_of_the_claims_is_claims),
      cmocka_unit_test(nothing_unreadable_is_written),
      cmocka_unit_test(a_small_buffer_is_too_small),
      cmocka_unit_test(no_prefix_of_a_token_is_a_token),
      cmocka_unit_test(only_the_alphabets_characters_are_read),
      cmocka_unit_test(levels_have_names),
  };
  return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
