/* SPDX-License-Identifier: BSD-2-Clause */
/* What is asked, from JSON and back: each key with what is wrong about it. */
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "breakglass/ask.h"

#define POINT "AAAAC3NzaC1lZDI1NTE5AAAAIG6LVLM9/95I0I9bVERqQ7p43oBzZ7tRgv+h8J8nBeTJ"
#define HOLDER "ssh-ed25519 " POINT
#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

#define NO_JSON "the body must be one JSON object of at most 8192 bytes"
#define NO_NAME "a text of 1 to 128 bytes without control characters"
#define NO_HOST "a text of 1 to 123 bytes without control characters"
#define NO_WORD "letters of ASCII, no blanks"
#define NO_REASON "reason: a text of 1 to 200 bytes without control characters"
#define NO_WINDOW "window: a whole number of seconds, 60 to 86400"
#define NO_MAX "max: a whole number of seconds, 60 to 2592000"
#define NO_FOR "for: \"ssh\" or \"console\""
#define NO_LEVEL "level: \"refresh\", \"rebuild\" or \"reallocate\""
#define NO_HOLDER "holder: the line of an SSH public key, as in id_ed25519.pub"
#define NO_CIDR "sources: address blocks such as 192.0.2.0/24 or 2001:db8::/32"
#define NO_NONCE "nonce: the 32 hex digits that the host shows"
#define EITHER "say either hosts or group"
#define UNKNOWN "there is a key that is unknown"

/* A good body's members, in JSON. */
static const struct member {
  const char *key, *value;
} usual[] = {
    {"for", "\"ssh\""},           {"hosts", "[\"web-1\"]"}, {"login", "\"ops\""},
    {"reason", "\"INC-1\""},      {"window", "600"},        {"max", "1800"},
    {"holder", "\"" HOLDER "\""},
};

static void put_member(struct bg_buf *buf, const char *key, const char *value) {
  if (value != NULL) {
    bg_buf_printf(buf, "%s\"%s\":", buf->len > 1 ? "," : "", key);
    bg_buf_put_text(buf, value);
  }
}

/* The usual body with this key's value another one (NULL: without it), and one member more. */
static void put_body(struct bg_buf *buf, const struct member *changed, const struct member *more) {
  bool is_usual = false;
  bg_buf_put_byte(buf, '{');
  for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
    const bool same = strcmp(usual[i].key, changed->key) == 0;
    put_member(buf, usual[i].key, same ? changed->value : usual[i].value);
    is_usual = is_usual || same;
  }
  put_member(buf, changed->key, is_usual ? NULL : changed->value);
  put_member(buf, more->key, more->value);
  bg_buf_put_byte(buf, '}');
  assert_false(buf->failed);
}

static void expect(struct bg_bytes body, enum bg_error wanted, const char *problem) {
  struct bg_ask ask;
  struct bg_ask_problem found = {""};
  /* A copy of the exact size, so that a sanitizer sees each byte read beyond it. */
  uint8_t *exact = malloc(body.len > 0 ? body.len : 1);
  assert_non_null(exact);
  memcpy(exact, body.data, body.len);
  enum bg_error err = bg_ask_parse(bg_bytes(exact, body.len), &ask, &found);
  free(exact);
  if (err != wanted || strcmp(found.text, problem) != 0) {
    fail_msg("%.*s: %s, \"%s\"", (int)body.len, (const char *)body.data, bg_strerror(err),
             found.text);
  }
}

static void expect_changed(struct member changed, struct member more, enum bg_error wanted,
                           const char *problem) {
  static uint8_t bytes[65536];
  struct bg_buf body = BG_BUF(bytes);
  put_body(&body, &changed, &more);
  expect(bg_buf_view(&body), wanted, problem);
}

static const struct {
  struct member changed;
  const char *problem;
} bad_values[] = {
    {{"for", NULL}, "for is missing"},
    {{"for", "\"SSH\""}, NO_FOR},
    {{"for", "\"\""}, NO_FOR},
    {{"for", "\"ssh \""}, NO_FOR},
    {{"for", "1"}, NO_FOR},
    {{"for", "null"}, NO_FOR},
    {{"for", "true"}, NO_FOR},
    {{"for", "[\"ssh\"]"}, NO_FOR},

    {{"hosts", NULL}, EITHER},
    {{"hosts", "[]"}, "hosts: an array of 1 to 8 texts"},
    {{"hosts", "{}"}, "hosts: an array of 1 to 8 texts"},
    {{"hosts", "null"}, "hosts: an array of 1 to 8 texts"},
    {{"hosts", "\"web-1\""}, "hosts: an array of 1 to 8 texts"},
    {{"hosts", "[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]"},
     "hosts: an array of 1 to 8 texts"},
    {{"hosts", "[\"\"]"}, "hosts: " NO_HOST},
    {{"hosts", "[1]"}, "hosts: " NO_HOST},
    {{"hosts", "[null]"}, "hosts: " NO_HOST},
    {{"hosts", "[[\"web-1\"]]"}, "hosts: " NO_HOST},
    {{"hosts", "[\"web-1\",\"\"]"}, "hosts: " NO_HOST},
    {{"hosts", "[\"web-1\\u0007\"]"}, "hosts: " NO_HOST},
    {{"hosts", "[\"web\\n1\"]"}, "hosts: " NO_HOST},
    {{"hosts", "[\"web\\u200b1\"]"}, "hosts: " NO_HOST},
    {{"hosts", "[\"" HUNDRED TEN TEN "1234\"]"}, "hosts: " NO_HOST}, /* 124 */
    {{"hosts", "[\"web-1\",\"web-2\",\"web-1\"]"}, "hosts: the same one twice"},
    {{"hosts", "[\"web-1\",\"web\\u002d1\"]"}, "hosts: the same one twice"},

    {{"group", "\"web\""}, EITHER}, /* beside hosts */
    {{"group", "\"\""}, "group: " NO_NAME},
    {{"group", "[\"web\"]"}, "group: " NO_NAME},
    {{"group", "null"}, "group: " NO_NAME},
    {{"group", "\"a\\tb\""}, "group: " NO_NAME},

    {{"login", NULL}, "login is missing"},
    {{"login", "\"\""}, "login: " NO_NAME},
    {{"login", "0"}, "login: " NO_NAME},
    {{"login", "null"}, "login: " NO_NAME},
    {{"login", "\"ops\\u0080\""}, "login: " NO_NAME},
    {{"login", "\"ops\\u007f\""}, "login: " NO_NAME},
    {{"login", "\"o\\u202eps\""}, "login: " NO_NAME},
    {{"login", "\"\\ufeffops\""}, "login: " NO_NAME},
    {{"login", "\"o ps\""}, "login: " NO_WORD},
    {{"login", "\"\\u00f6ps\""}, "login: " NO_WORD},
    {{"hosts", "[\"web 1\"]"}, "hosts: " NO_WORD},
    {{"login", "\"ops\\ud800\""}, NO_JSON},
    {{"login", "\"ops\\udc00\\ud800\""}, NO_JSON},
    {{"login", "\"ops\\u0000\""}, NO_JSON},
    {{"login", "\"ops\\u0000root\""}, NO_JSON},
    {{"login", "\"ops\n\""}, NO_JSON},
    {{"login", "\"" HUNDRED TEN TEN "123456789\""}, "login: " NO_NAME}, /* 129 */

    {{"reason", NULL}, "reason is missing"},
    {{"reason", "\"\""}, NO_REASON},
    {{"reason", "{}"}, NO_REASON},
    {{"reason", "\"a\\u2028b\""}, NO_REASON},
    {{"reason", "\"a\\u2029b\""}, NO_REASON},
    {{"reason", "\"a\\u00adb\""}, NO_REASON},
    {{"reason", "\"a\\udb40\\udc41b\""}, NO_REASON}, /* a tag */
    {{"reason", "\"\\u001b[2J\""}, NO_REASON},
    {{"reason", "\"" HUNDRED HUNDRED "1\""}, NO_REASON},

    {{"window", NULL}, "window is missing"},
    {{"window", "59"}, NO_WINDOW},
    {{"window", "86401"}, NO_WINDOW},
    {{"window", "0"}, NO_WINDOW},
    {{"window", "-600"}, NO_WINDOW},
    {{"window", "-0"}, NO_WINDOW},
    {{"window", "600.0"}, NO_WINDOW},
    {{"window", "6e2"}, NO_WINDOW},
    {{"window", "\"600\""}, NO_WINDOW},
    {{"window", "null"}, NO_WINDOW},
    {{"window", "true"}, NO_WINDOW},
    {{"window", "[600]"}, NO_WINDOW},
    {{"window", "4294967896"}, NO_WINDOW}, /* 600 in 32 bits */
    {{"window", "9223372036854775807"}, NO_WINDOW},
    {{"window", "-9223372036854775808"}, NO_WINDOW},
    {{"window", "9223372036854775808"}, NO_JSON},
    {{"window", "18446744073709552216"}, NO_JSON}, /* 600 in 64 bits */
    {{"window", "1e999"}, NO_JSON},
    {{"window", "0600"}, NO_JSON},
    {{"window", "+600"}, NO_JSON},
    {{"window", "NaN"}, NO_JSON},

    {{"max", NULL}, "max is missing"},
    {{"max", "59"}, NO_MAX},
    {{"max", "2592001"}, NO_MAX},
    {{"max", "-1"}, NO_MAX},
    {{"max", "1800.5"}, NO_MAX},
    {{"max", "\"30m\""}, NO_MAX},
    {{"max", "18446744073709553416"}, NO_JSON},

    {{"level", "\"\""}, NO_LEVEL},
    {{"level", "\"none\""}, NO_LEVEL},
    {{"level", "\"Rebuild\""}, NO_LEVEL},
    {{"level", "2"}, NO_LEVEL},
    {{"level", "null"}, NO_LEVEL},

    {{"holder", NULL}, "holder is missing: a token for SSH is for one key"},
    {{"holder", "null"}, NO_HOLDER},
    {{"holder", "1"}, NO_HOLDER},
    {{"holder", "\"\""}, NO_HOLDER},
    {{"holder", "\"ssh-ed25519\""}, NO_HOLDER},
    {{"holder", "\"" POINT "\""}, NO_HOLDER},
    {{"holder", "\"ssh-rsa " POINT "\""}, NO_HOLDER},
    {{"holder", "\" " HOLDER "\""}, NO_HOLDER},
    {{"holder", "\"" HOLDER "=\""}, NO_HOLDER},
    {{"holder", "\"restrict " HOLDER "\""}, NO_HOLDER},
    {{"holder",
      "\"ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAxQG9wZW5zc2guY29t\""},
     NO_HOLDER},
    {{"holder", "\"" HOLDER "\\n" HOLDER "\""}, NO_HOLDER},
    {{"holder", "\"" HOLDER " alice\\n\""}, NO_HOLDER},
    {{"holder", "\"" HOLDER " \\u001b[2J\""}, NO_HOLDER},
    {{"holder", "\"" HOLDER " \\u202ealice\""}, NO_HOLDER},
    {{"holder", "\"ssh-ed25519 \\u0101AAA\""}, NO_HOLDER},

    {{"sources", "[]"}, "sources: an array of 1 to 8 texts"},
    {{"sources", "\"192.0.2.0/24\""}, "sources: an array of 1 to 8 texts"},
    {{"sources", "null"}, "sources: an array of 1 to 8 texts"},
    {{"sources", "[24]"}, "sources: " NO_NAME},
    {{"sources", "[\"192.0.2.1\"]"}, NO_CIDR},
    {{"sources", "[\"192.0.2.1/24\"]"}, NO_CIDR},
    {{"sources", "[\"192.0.2.0/33\"]"}, NO_CIDR},
    {{"sources", "[\"2001:db8::/129\"]"}, NO_CIDR},
    {{"sources", "[\"office\"]"}, NO_CIDR},
    {{"sources", "[\"192.0.2.0/24\",\"192.0.2.0/24\"]"}, "sources: the same one twice"},
    {{"sources", "[\"10.0.0.0/32\",\"10.0.0.1/32\",\"10.0.0.2/32\",\"10.0.0.3/32\",\"10.0.0.4/32\","
                 "\"10.0.0.5/32\",\"10.0.0.6/32\",\"10.0.0.7/32\",\"10.0.0.8/32\"]"},
     "sources: an array of 1 to 8 texts"},

    {{"nonce", "\"\""}, NO_NONCE},
    {{"nonce", "null"}, NO_NONCE},
    {{"nonce", "0"}, NO_NONCE},
    {{"nonce", "\"000102030405060708090a0b0c0d0e0\""}, NO_NONCE},
    {{"nonce", "\"000102030405060708090a0b0c0d0e0f0\""}, NO_NONCE},
    {{"nonce", "\"000102030405060708090a0b0c0d0e0f00\""}, NO_NONCE},
    {{"nonce", "\"000102030405060708090g0b0c0d0e0f\""}, NO_NONCE},

    {{"note", "1"}, UNKNOWN},
    {{"note", "null"}, UNKNOWN},
    {{"For", "\"console\""}, UNKNOWN},
    {{"subject", "\"mallory@example.com\""}, UNKNOWN},
    {{"", "1"}, UNKNOWN},
};

static void each_value_has_its_rule(void **state) {
  (void)state;
  const struct member none = {"", NULL};
  for (size_t i = 0; i < sizeof bad_values / sizeof bad_values[0]; i++) {
    const bool is_json = strcmp(bad_values[i].problem, NO_JSON) != 0;
    expect_changed(bad_values[i].changed, none, is_json ? BG_ERR_RANGE : BG_ERR_SYNTAX,
                   bad_values[i].problem);
  }
}

static void two_values_may_not_fit_together(void **state) {
  (void)state;
  const struct member console = {"for", "\"console\""};
  expect_changed(console, (struct member){"", NULL}, BG_ERR_RANGE,
                 "holder: a token for a console has no holder key");
  expect_changed((struct member){"hosts", NULL}, (struct member){"group", "\"web\""}, BG_OK, "");
}

/* The same key twice, however it is written: which one counts is not to be guessed. */
static void a_key_stands_once(void **state) {
  (void)state;
  static const char *const keys[] = {"for", "login", "hosts", "max", "l\\u006fgin", "holder"};
  for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
    expect_changed((struct member){"level", "\"refresh\""}, (struct member){keys[i], "\"ops\""},
                   BG_ERR_SYNTAX, NO_JSON);
  }
  expect_changed((struct member){"level", "\"refresh\""}, (struct member){"level", "\"refresh\""},
                 BG_ERR_SYNTAX, NO_JSON);
  expect_changed((struct member){"note", "{\"a\":1,\"a\":1}"}, (struct member){"", NULL},
                 BG_ERR_SYNTAX, NO_JSON);
}

#define TEXT(literal)                                                                              \
  { (const uint8_t *)(literal), sizeof(literal) - 1 }
#define CONSOLE                                                                                    \
  "\"for\":\"console\",\"hosts\":[\"web-1\"],\"login\":\"ops\",\"reason\":\"r\",\"window\":60,"    \
  "\"max\":60"

static void anything_but_one_object_is_refused(void **state) {
  (void)state;
  static const struct bg_bytes bodies[] = {
      TEXT(""),
      TEXT(" "),
      TEXT("null"),
      TEXT("\"for\""),
      TEXT("[]"),
      TEXT("[{" CONSOLE "}]"),
      TEXT("{" CONSOLE),
      TEXT("{" CONSOLE ",}"),
      TEXT("{" CONSOLE "}}"),
      TEXT("{" CONSOLE "}\0"),
      TEXT("{" CONSOLE "}{}"),
      TEXT("{" CONSOLE "} // done"),
      TEXT("\xef\xbb\xbf{" CONSOLE "}"), /* a byte order mark */
      TEXT("{'for':'console'}"),
      TEXT("{" CONSOLE ",\"level\":\"reb\xff\"}"),
      TEXT("{" CONSOLE ",\"level\":\"\xc0\xaf\"}"),         /* overlong */
      TEXT("{" CONSOLE ",\"level\":\"\xed\xa0\x80\"}"),     /* a surrogate */
      TEXT("{" CONSOLE ",\"level\":\"\xf4\x90\x80\x80\"}"), /* beyond Unicode */
      TEXT("{" CONSOLE ",\"level\":\"a\0b\"}"),
      TEXT("{" CONSOLE ",\"\\u0000\":1}"),
      TEXT("{" CONSOLE ",\"level\xff\":1}"),
  };
  expect((struct bg_bytes)TEXT("{" CONSOLE "}"), BG_OK, "");
  expect((struct bg_bytes)TEXT(" \r\n\t{" CONSOLE "}\n"), BG_OK, "");
  expect((struct bg_bytes)TEXT("{}"), BG_ERR_RANGE, "for is missing");
  for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
    expect(bodies[i], BG_ERR_SYNTAX, NO_JSON);
  }
}

static void a_body_has_a_greatest_depth_and_size(void **state) {
  (void)state;
  static char body[BG_ASK_BODY_MAX + 2];
  const struct member none = {"", NULL};
  expect_changed((struct member){"note", "[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]"}, none, BG_ERR_RANGE,
                 UNKNOWN); /* 16 deep */
  expect_changed((struct member){"note", "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]"}, none, BG_ERR_SYNTAX,
                 NO_JSON);
  expect_changed((struct member){"note", "\"[[[[[[[[[[[[[[[[[[[[\\\"[[[[\""}, none, BG_ERR_RANGE,
                 UNKNOWN);
  memset(body, ' ', sizeof body);
  memcpy(body, "{" CONSOLE "}", sizeof CONSOLE + 1);
  expect(bg_bytes(body, BG_ASK_BODY_MAX), BG_OK, "");
  expect(bg_bytes(body, BG_ASK_BODY_MAX + 1), BG_ERR_SYNTAX, NO_JSON);
}

static const struct member at_the_edges[] = {
    {"hosts", "[\"" HUNDRED TEN TEN "123\"]"},
    {"hosts", "[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\"]"},
    {"login", "\"" HUNDRED TEN TEN "12345678\""},
    {"login", "\"\\\\\\\"/~!\""},
    {"reason", "\"\\u00e4\\ud83d\\ude00 \\\\ \\\" /\""},
    {"reason", "\"" HUNDRED HUNDRED "\""},
    {"reason", "\"\xe2\x82\xac 5\""},
    {"window", "60"},
    {"window", "86400"},
    {"max", "60"},
    {"max", "2592000"},
    {"level", "\"refresh\""},
    {"level", "\"rebuild\""},
    {"level", "\"reallocate\""},
    {"holder", "\"" HOLDER " alice on her laptop\""},
    {"holder", "\"" HOLDER " \xc3\xa4\""},
    {"sources", "[\"0.0.0.0/0\",\"::/0\",\"2001:db8::/32\",\"192.0.2.7/32\"]"},
    {"nonce", "\"000102030405060708090A0B0C0D0E0F\""},
};

/* What was read, written and read again, is written as before. */
static void what_is_written_is_read_again(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof at_the_edges / sizeof at_the_edges[0]; i++) {
    uint8_t bytes[3][BG_ASK_BODY_MAX];
    struct bg_buf bodies[3] = {BG_BUF(bytes[0]), BG_BUF(bytes[1]), BG_BUF(bytes[2])};
    struct bg_ask ask;
    struct bg_ask again;
    struct bg_ask_problem problem = {""};
    put_body(&bodies[0], &at_the_edges[i], &(struct member){"", NULL});
    for (size_t round = 0; round < 2; round++) {
      struct bg_ask *into = round == 0 ? &ask : &again;
      if (bg_ask_parse(bg_buf_view(&bodies[round]), into, &problem) != BG_OK) {
        fail_msg("%s: %s", at_the_edges[i].value, problem.text);
      }
      assert_int_equal(bg_ask_write(into, &bodies[round + 1]), BG_OK);
    }
    assert_true(bg_bytes_equal(bg_buf_view(&bodies[1]), bg_buf_view(&bodies[2])));
    assert_memory_equal(ask.holder.sha256, again.holder.sha256, sizeof ask.holder.sha256);
  }
}

#define ALL                                                                                        \
  "{\"for\":\"ssh\",\"hosts\":[\"web-1\",\"web-2\"],\"login\":\"ops\",\"reason\":\"INC-1\","       \
  "\"window\":600,\"max\":1800,\"level\":\"rebuild\",\"holder\":\"" HOLDER " alice\","             \
  "\"sources\":[\"192.0.2.0/24\",\"2001:db8::/32\"],"                                              \
  "\"nonce\":\"000102030405060708090a0b0c0d0e0f\"}"

static void each_key_is_read_and_written(void **state) {
  (void)state;
  static const uint8_t nonce[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  uint8_t bytes[BG_ASK_BODY_MAX];
  struct bg_buf buf = BG_BUF(bytes);
  struct bg_ask ask;
  struct bg_ssh_key key;
  struct bg_ask_problem problem;
  assert_int_equal(bg_ask_parse(bg_bytes_of(ALL), &ask, &problem), BG_OK);
  assert_int_equal(bg_ssh_key_from_line(bg_bytes_of(HOLDER), &key), BG_OK);
  assert_false(ask.console);
  assert_int_equal(ask.host_count, 2);
  assert_string_equal(ask.hosts[0], "web-1");
  assert_string_equal(ask.hosts[1], "web-2");
  assert_string_equal(ask.group, "");
  assert_string_equal(ask.login, "ops");
  assert_string_equal(ask.reason, "INC-1");
  assert_int_equal(ask.window, 600);
  assert_int_equal(ask.longest, 1800);
  assert_int_equal(ask.level, BG_LEVEL_REBUILD);
  assert_string_equal(ask.holder_line, HOLDER " alice");
  assert_memory_equal(ask.holder.sha256, key.sha256, sizeof key.sha256);
  assert_int_equal(ask.source_count, 2);
  assert_string_equal(ask.sources[0], "192.0.2.0/24");
  assert_string_equal(ask.sources[1], "2001:db8::/32");
  assert_true(ask.has_nonce);
  assert_memory_equal(ask.nonce, nonce, sizeof nonce);
  assert_int_equal(bg_ask_write(&ask, &buf), BG_OK);
  assert_true(bg_bytes_is(bg_buf_view(&buf), ALL));
}

static void what_is_not_asked_is_not_written(void **state) {
  (void)state;
  static const char text[] = "{\"for\":\"console\",\"group\":\"web\",\"login\":\"ops\","
                             "\"reason\":\"INC-1\",\"window\":600,\"max\":1800}";
  uint8_t bytes[sizeof text];
  struct bg_buf buf = BG_BUF(bytes);
  struct bg_ask ask;
  struct bg_ask_problem problem;
  assert_int_equal(bg_ask_parse(bg_bytes_of(text), &ask, &problem), BG_OK);
  assert_true(ask.console && ask.host_count == 0 && ask.source_count == 0 && !ask.has_nonce);
  assert_string_equal(ask.group, "web");
  assert_int_equal(ask.level, BG_LEVEL_NONE);
  assert_int_equal(bg_ask_write(&ask, &buf), BG_OK);
  assert_true(bg_bytes_is(bg_buf_view(&buf), text));
  for (size_t room = 0; room < sizeof text - 1; room++) {
    buf = (struct bg_buf){.data = bytes, .cap = room};
    assert_int_equal(bg_ask_write(&ask, &buf), BG_ERR_TOO_LARGE);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_value_has_its_rule),
      cmocka_unit_test(two_values_may_not_fit_together),
      cmocka_unit_test(a_key_stands_once),
      cmocka_unit_test(anything_but_one_object_is_refused),
      cmocka_unit_test(a_body_has_a_greatest_depth_and_size),
      cmocka_unit_test(what_is_written_is_read_again),
      cmocka_unit_test(each_key_is_read_and_written),
      cmocka_unit_test(what_is_not_asked_is_not_written),
  };
  return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
