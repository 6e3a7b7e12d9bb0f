/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "breakglass/text.h"

static void clean_text(void **state) {
  (void)state;
  static const char *const clean[] = {"",
                                      " ",
                                      "OPS-4711: disk full on db3",
                                      "\xC3\xA9",
                                      "\xE6\xB0\xB4",
                                      "\xC2\xA0",
                                      "\xC2\xAE",
                                      "\xE2\x80\xA7",
                                      "\xE2\x80\xAF",
                                      "\xF0\x9F\x98\x80",
                                      "\x7E",
                                      "\xEF\xBF\xBD",
                                      "\xF3\xA0\x82\x80"};
  static const char *const unclean[] = {"\x01",
                                        "\x1F",
                                        "\n",
                                        "a\tb",
                                        "\x7F",
                                        "\xC2\x80",
                                        "\xC2\x9F",
                                        "\xC2\x85",
                                        "\xC2\xAD",     /* soft hyphen */
                                        "\xD8\x9C",     /* Arabic letter mark */
                                        "\xE2\x80\x8B", /* zero width space */
                                        "\xE2\x80\xA8",
                                        "\xE2\x80\xA9", /* line and paragraph separator */
                                        "\xE2\x80\xAE", /* right-to-left override */
                                        "\xE2\x81\xA6", /* isolate */
                                        "\xEF\xBB\xBF", /* byte order mark */
                                        "\xEF\xBF\xB9",
                                        "\xF0\x91\x82\xBD",
                                        "\xF0\x93\x90\xBF",
                                        "\xF0\x9B\xB2\xA0",
                                        "\xF3\xA0\x80\x81",
                                        "\xF3\xA0\x81\xBF", /* tags */
                                        "a\xFF",
                                        "\xC3"};
  for (size_t i = 0; i < sizeof clean / sizeof clean[0]; i++) {
    assert_true(bg_text_is_clean(bg_bytes_of(clean[i])));
  }
  for (size_t i = 0; i < sizeof unclean / sizeof unclean[0]; i++) {
    assert_false(bg_text_is_clean(bg_bytes_of(unclean[i])));
  }
  assert_false(bg_text_is_clean(bg_bytes("a\0", 2)));
}

static void utf8(void **state) {
  (void)state;
  static const char *const good[] = {"\x7F",         "\xC2\x80",         "\xDF\xBF",
                                     "\xE0\xA0\x80", "\xED\x9F\xBF",     "\xEE\x80\x80",
                                     "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"};
  static const char *const bad[] = {"\x80",
                                    "\xC0\x80",
                                    "\xC1\xBF",
                                    "\xC2",
                                    "\xC2\x41",
                                    "\xC2\xC2\x80",
                                    "\xE0\x9F\xBF",
                                    "\xED\xA0\x80",
                                    "\xED\xBF\xBF",
                                    "\xE2\x80",
                                    "\xF0\x8F\xBF\xBF",
                                    "\xF4\x90\x80\x80",
                                    "\xF5\x80\x80\x80",
                                    "\xF8\x88\x80\x80\x80",
                                    "\xFF"};
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    assert_true(bg_text_is_utf8(bg_bytes_of(good[i])));
  }
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    assert_false(bg_text_is_utf8(bg_bytes_of(bad[i])));
  }
  assert_true(bg_text_is_utf8(bg_bytes("\0", 1)));
}

static void uint_is_plain_digits_in_range(void **state) {
  (void)state;
  static const char *const bad[] = {"",   "-1", "+1",  " 1",  "1 ",      "01",
                                    "00", "1a", "0x1", "1.0", "\xD9\xA1"};
  static const char *const out[] = {"4", "11", "9223372036854775808", "99999999999999999999999999"};
  int64_t value = 77;
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    assert_int_equal(bg_parse_uint(bg_bytes_of(bad[i]), 0, INT64_MAX, &value), BG_ERR_SYNTAX);
  }
  for (size_t i = 0; i < sizeof out / sizeof out[0]; i++) {
    assert_int_equal(bg_parse_uint(bg_bytes_of(out[i]), 5, 10, &value), BG_ERR_RANGE);
  }
  assert_int_equal(value, 77);
  /* Digits after an overflow are still looked at. */
  assert_int_equal(bg_parse_uint(bg_bytes_of("99999999999999999999x"), 0, 1, &value),
                   BG_ERR_SYNTAX);
  assert_int_equal(bg_parse_uint(bg_bytes_of("9223372036854775807"), 0, INT64_MAX, &value), BG_OK);
  assert_true(value == INT64_MAX);
  assert_int_equal(bg_parse_uint(bg_bytes_of("0"), 0, 0, &value), BG_OK);
  assert_int_equal(value, 0);
}

static void durations(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int64_t seconds;
  } good[] = {{"90", 90}, {"90s", 90}, {"10m", 600}, {"2h", 7200}, {"7d", 604800}, {"1", 1}};
  static const char *const bad[] = {"",    "m",    "1w",  "1 m", "-1m",
                                    "1mm", "1.5h", "01m", "1M",  "1h30m"};
  int64_t seconds = 0;
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    assert_int_equal(bg_parse_duration(bg_bytes_of(good[i].text), 604800, &seconds), BG_OK);
    assert_true(seconds == good[i].seconds);
  }
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    assert_int_equal(bg_parse_duration(bg_bytes_of(bad[i]), 604800, &seconds), BG_ERR_SYNTAX);
  }
  assert_int_equal(bg_parse_duration(bg_bytes_of("0"), 60, &seconds), BG_ERR_RANGE);
  assert_int_equal(bg_parse_duration(bg_bytes_of("61"), 60, &seconds), BG_ERR_RANGE);
  assert_int_equal(bg_parse_duration(bg_bytes_of("1h"), 3599, &seconds), BG_ERR_RANGE);
  assert_int_equal(bg_parse_duration(bg_bytes_of("106751991167301d"), INT64_MAX, &seconds),
                   BG_ERR_RANGE);
}

static void base64_is_spelled_in_one_way(void **state) {
  (void)state;
  static const struct {
    const char *bytes, *padded, *url;
  } good[] = {{"f", "Zg==", "Zg"},
              {"fo", "Zm8=", "Zm8"},
              {"foo", "Zm9v", "Zm9v"},
              {"\xfb\xff", "+/8=", "-_8"}};
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    char text[8] = "x";
    uint8_t bytes[4];
    struct bg_buf buf = {.data = (uint8_t *)text, .len = 1, .cap = sizeof text};
    struct bg_buf back = BG_BUF(bytes);
    bg_put_base64(&buf, bg_bytes_of(good[i].bytes), BG_BASE64);
    assert_string_equal(text + 1, good[i].padded);
    assert_int_equal(buf.len, 1 + strlen(good[i].padded));
    assert_int_equal(bg_parse_base64(bg_bytes_of(good[i].padded), BG_BASE64, &back), BG_OK);
    assert_true(bg_bytes_is(bg_buf_view(&back), good[i].bytes));
    buf.len = 1;
    bg_put_base64(&buf, bg_bytes_of(good[i].bytes), BG_BASE64URL);
    assert_string_equal(text + 1, good[i].url);
    assert_int_equal(bg_parse_base64(bg_bytes_of(good[i].url), BG_BASE64URL, &back), BG_OK);
    assert_true(bg_bytes_is(bg_buf_view(&back), good[i].bytes));
  }
}

/* Whoever reads it is libsodium. */
static void every_base64_is_read_back(void **state) {
  (void)state;
  uint8_t bytes[256];
  for (size_t i = 0; i < sizeof bytes; i++) {
    bytes[i] = (uint8_t)(i * 167); /* each byte once, in another order */
  }
  for (size_t len = 1; len <= sizeof bytes; len++) {
    for (enum bg_base64 kind = BG_BASE64; kind <= BG_BASE64URL; kind++) {
      char text[345];
      uint8_t again[sizeof bytes];
      struct bg_buf buf = BG_BUF(text);
      struct bg_buf back = BG_BUF(again);
      bg_put_base64(&buf, bg_bytes(bytes, len), kind);
      assert_int_equal(bg_parse_base64(bg_buf_view(&buf), kind, &back), BG_OK);
      assert_true(bg_bytes_equal(bg_buf_view(&back), bg_bytes(bytes, len)));
    }
  }
}

static void no_other_base64_is_taken(void **state) {
  (void)state;
  static const char *const bad[] = {
      "",      "Zg",    "Zg=",      "Zg===", "Zh==",     "Zg==\n",
      " Zg==", "Zm 8=", "Zm8=Zm8=", "-_8=",  "Zm9v\xc3", "Zm9vZm9vZg=="};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    uint8_t bytes[6];
    struct bg_buf back = BG_BUF(bytes);
    back.len = 5;
    assert_int_equal(bg_parse_base64(bg_bytes_of(bad[i]), BG_BASE64, &back), BG_ERR_SYNTAX);
    assert_int_equal(back.len, 5);
  }
  uint8_t bytes[6];
  struct bg_buf back = BG_BUF(bytes);
  assert_int_equal(bg_parse_base64(bg_bytes_of("Zg=="), BG_BASE64URL, &back), BG_ERR_SYNTAX);
  assert_int_equal(bg_parse_base64(bg_bytes_of("+/8"), BG_BASE64URL, &back), BG_ERR_SYNTAX);
}

static void base64_needs_room(void **state) {
  (void)state;
  char text[5];
  struct bg_buf exact = BG_BUF(text);
  bg_put_base64(&exact, bg_bytes_of("foo"), BG_BASE64);
  assert_false(exact.failed);
  struct bg_buf one_less = {.data = (uint8_t *)text, .cap = sizeof text - 1};
  bg_put_base64(&one_less, bg_bytes_of("foo"), BG_BASE64);
  assert_true(one_less.failed);
}

static void hex_digits(void **state) {
  (void)state;
  char text[9];
  uint8_t bytes[4] = {9, 9, 9, 9};
  bg_hex(bg_bytes("\x00\x9a\xbc\xff", 4), text);
  assert_string_equal(text, "009abcff");
  bg_hex(bg_bytes(NULL, 0), text);
  assert_string_equal(text, "");
  static const char *const bad[] = {"",         "009abc",   "009abcf",  "009abcff0",
                                    "009abcfg", "009abcf ", "0x9abcff", "009abc\xC6\xC6",
                                    "009abcf@", "009abc`f"};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    assert_int_equal(bg_parse_hex(bg_bytes_of(bad[i]), 4, bytes), BG_ERR_SYNTAX);
  }
  assert_memory_equal(bytes, "\x09\x09\x09\x09", 4);
  assert_int_equal(bg_parse_hex(bg_bytes_of("009aBCFf"), 4, bytes), BG_OK);
  assert_memory_equal(bytes, "\x00\x9a\xbc\xff", 4);
}

static bool lies_in(const char *block, const char *address) {
  struct bg_cidr cidr;
  uint8_t bytes[16];
  assert_int_equal(bg_parse_cidr(bg_bytes_of(block), &cidr), BG_OK);
  assert_int_equal(bg_parse_address(bg_bytes_of(address), bytes), BG_OK);
  return bg_cidr_contains(&cidr, bytes);
}

static void blocks_hold_their_addresses(void **state) {
  (void)state;
  assert_true(lies_in("10.0.0.0/8", "10.255.255.255"));
  assert_false(lies_in("10.0.0.0/8", "11.0.0.0"));
  assert_true(lies_in("192.0.2.128/25", "192.0.2.128"));
  assert_false(lies_in("192.0.2.128/25", "192.0.2.127"));
  assert_true(lies_in("192.0.2.1/32", "::ffff:192.0.2.1"));
  assert_false(lies_in("192.0.2.1/32", "192.0.2.0"));
  assert_true(lies_in("0.0.0.0/0", "255.255.255.255"));
  assert_true(lies_in("2001:db8::/32", "2001:db8:ffff::1"));
  assert_false(lies_in("2001:db8::/32", "2001:db9::"));
  assert_true(lies_in("fe80::/10", "fe80::1%eth0"));
  assert_true(lies_in("::1/128", "::1"));
  assert_true(lies_in("::/0", "2001:db8::1"));
  /* An IPv4 address never lies in an IPv6 block, nor the other way round. */
  assert_false(lies_in("::/0", "10.0.0.1"));
  assert_false(lies_in("::/0", "::ffff:10.0.0.1"));
  assert_false(lies_in("0.0.0.0/0", "::1"));
}

static void only_clear_blocks_are_parsed(void **state) {
  (void)state;
  static const char *const bad[] = {"",
                                    "/",
                                    "10.0.0.0",
                                    "10.0.0.0/",
                                    "/8",
                                    "10.0.0.0/08",
                                    "10.0.0.0/8 ",
                                    " 10.0.0.0/8",
                                    "10.0.0.0/+8",
                                    "10.0.0/8",
                                    "10.0.0.0/255.0.0.0",
                                    "010.0.0.0/8",
                                    "0x0a.0.0.0/8",
                                    "10/8",
                                    "2001:db8::%eth0/32",
                                    "2001:db8::1::/64",
                                    "example.com/8",
                                    "10.0.0.0/8/8",
                                    "[2001:db8::]/32",
                                    "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000/8"};
  static const char *const out[] = {"10.0.0.1/8",     "10.0.0.0/33",         "2001:db8::/129",
                                    "2001:db8::1/32", "::ffff:10.0.0.0/104", "::ffff:a00:0/104",
                                    "::ffff:0:0/96",  "128.0.0.0/0",         "::ffff:0:0/95"};
  struct bg_cidr cidr;
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    assert_int_equal(bg_parse_cidr(bg_bytes_of(bad[i]), &cidr), BG_ERR_SYNTAX);
  }
  for (size_t i = 0; i < sizeof out / sizeof out[0]; i++) {
    assert_int_equal(bg_parse_cidr(bg_bytes_of(out[i]), &cidr), BG_ERR_RANGE);
  }
  assert_int_equal(bg_parse_cidr(bg_bytes("10.0.0.0\0/8", 11), &cidr), BG_ERR_SYNTAX);
}

static void only_numeric_addresses_are_parsed(void **state) {
  (void)state;
  static const char *const bad[] = {"",          "localhost",   "10.0.0",        "10.0.0.256",
                                    "10.0.0.1 ", "%eth0",       "10.0.0.1%eth0", "1",
                                    "::g",       "10.0.0.1/32", "UNKNOWN"};
  uint8_t address[16];
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    assert_int_equal(bg_parse_address(bg_bytes_of(bad[i]), address), BG_ERR_SYNTAX);
  }
}

static void words_are_visible_ascii(void **state) {
  (void)state;
  static const char *const words[] = {"", "!", "~", "web-17", "ops@web-17:/#"};
  static const char *const others[] = {"web 17", " web", "web\t", "web\x7f", "wé", "\n"};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    assert_true(bg_text_is_word(bg_bytes_of(words[i])));
  }
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    assert_false(bg_text_is_word(bg_bytes_of(others[i])));
  }
  assert_false(bg_text_is_word(bg_bytes("a\0b", 3)));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(clean_text),
      cmocka_unit_test(utf8),
      cmocka_unit_test(words_are_visible_ascii),
      cmocka_unit_test(uint_is_plain_digits_in_range),
      cmocka_unit_test(durations),
      cmocka_unit_test(base64_is_spelled_in_one_way),
      cmocka_unit_test(every_base64_is_read_back),
      cmocka_unit_test(no_other_base64_is_taken),
      cmocka_unit_test(base64_needs_room),
      cmocka_unit_test(hex_digits),
      cmocka_unit_test(blocks_hold_their_addresses),
      cmocka_unit_test(only_clear_blocks_are_parsed),
      cmocka_unit_test(only_numeric_addresses_are_parsed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
