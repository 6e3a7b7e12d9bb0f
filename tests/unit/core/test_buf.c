/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "breakglass/buf.h"

static void fits_exactly(void **state) {
  (void)state;
  char store[4];
  struct bg_buf buf = BG_BUF(store);
  bg_buf_put_text(&buf, "abc");
  bg_buf_put_byte(&buf, 'd');
  assert_true(bg_bytes_is(bg_buf_view(&buf), "abcd"));
  bg_buf_put(&buf, NULL, 0);
  assert_false(buf.failed);
}

static void texts_are_cut_to_fit(void **state) {
  (void)state;
  char text[4] = "xxx";
  bg_text_fit(sizeof text, text, "ab");
  assert_string_equal(text, "ab");
  bg_text_fit(sizeof text, text, "abcd");
  assert_string_equal(text, "abc");
  bg_text_fit(sizeof text, text, NULL);
  assert_string_equal(text, "");
}

static void too_much_writes_nothing_and_stays_failed(void **state) {
  (void)state;
  char store[5] = "....";
  struct bg_buf buf = {.data = (uint8_t *)store, .cap = 4};
  bg_buf_put_text(&buf, "ab");
  bg_buf_put_text(&buf, "cde");
  assert_true(buf.failed);
  assert_string_equal(store, "ab..");
  bg_buf_put_byte(&buf, 'c');
  assert_string_equal(store, "ab..");
  assert_int_equal(bg_buf_view(&buf).len, 0);
  bg_buf_put(&buf, store, SIZE_MAX);
  assert_string_equal(store, "ab..");
}

static void printf_needs_room_for_its_nul(void **state) {
  (void)state;
  char store[4];
  struct bg_buf good = BG_BUF(store);
  bg_buf_printf(&good, "%s", "");
  bg_buf_printf(&good, "%d", 123);
  assert_true(bg_bytes_is(bg_buf_view(&good), "123"));
  struct bg_buf full = BG_BUF(store);
  bg_buf_printf(&full, "%d", 1234);
  assert_true(full.failed);
  struct bg_buf none = {0};
  bg_buf_printf(&none, "%s", "");
  assert_true(none.failed);
}

static void compares_views(void **state) {
  (void)state;
  assert_true(bg_bytes_equal(bg_bytes(NULL, 0), bg_bytes("", 0)));
  assert_true(bg_bytes_is(bg_bytes_of(NULL), ""));
  assert_false(bg_bytes_is(bg_bytes_of("ab"), "abc"));
  assert_false(bg_bytes_is(bg_bytes("ab\0", 3), "ab"));
}

static void to_text_refuses_what_is_no_c_string(void **state) {
  (void)state;
  char text[4] = "old";
  assert_int_equal(bg_bytes_to_text(bg_bytes_of("abcd"), sizeof text, text), BG_ERR_TOO_LARGE);
  assert_int_equal(bg_bytes_to_text(bg_bytes("a\0b", 3), sizeof text, text), BG_ERR_SYNTAX);
  assert_string_equal(text, "old");
  assert_int_equal(bg_bytes_to_text(bg_bytes_of("abc"), sizeof text, text), BG_OK);
  assert_string_equal(text, "abc");
  assert_int_equal(bg_bytes_to_text(bg_bytes(NULL, 0), sizeof text, text), BG_OK);
  assert_string_equal(text, "");
}

static void every_error_has_its_words(void **state) {
  (void)state;
  for (int err = 0; err < BG_ERROR_COUNT; err++) {
    assert_non_null(bg_strerror((enum bg_error)err));
    bool is_refusal = err >= BG_REFUSED_TOO_LONG;
    assert_int_equal(bg_refusal_code((enum bg_error)err) != NULL, is_refusal);
    for (int other = BG_REFUSED_TOO_LONG; is_refusal && other < err; other++) {
      assert_string_not_equal(bg_refusal_code((enum bg_error)err),
                              bg_refusal_code((enum bg_error)other));
    }
  }
  assert_string_equal(bg_strerror((enum bg_error)1000), "unknown error");
  assert_null(bg_refusal_code((enum bg_error)1000));
  assert_true(bg_refusal_is_time(BG_REFUSED_CLOCK_UNTRUSTED));
  assert_false(bg_refusal_is_time(BG_REFUSED_REVOKED));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(fits_exactly),
      cmocka_unit_test(texts_are_cut_to_fit),
      cmocka_unit_test(too_much_writes_nothing_and_stays_failed),
      cmocka_unit_test(printf_needs_room_for_its_nul),
      cmocka_unit_test(compares_views),
      cmocka_unit_test(to_text_refuses_what_is_no_c_string),
      cmocka_unit_test(every_error_has_its_words),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
