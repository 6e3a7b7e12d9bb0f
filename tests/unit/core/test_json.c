/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "breakglass/json.h"

#define REPLACEMENT "\xEF\xBF\xBD"

static void writes_every_kind_of_value(void **state) {
  (void)state;
  char store[512];
  struct bg_buf buf = BG_BUF(store);
  struct bg_json json = bg_json_writer(&buf);
  bg_json_object(&json, NULL);
  bg_json_text(&json, "text", "a\"b\\c\n\r\t\x01\x7f/");
  bg_json_text(&json, "none", NULL);
  bg_json_null(&json, "null");
  bg_json_int(&json, "least", INT64_MIN);
  bg_json_bool(&json, "yes", true);
  bg_json_bool(&json, "no", false);
  bg_json_time(&json, "time", 1769860800);
  bg_json_hex(&json, "hex", bg_bytes("\x00\xff", 2));
  bg_json_bytes(&json, "bytes", bg_bytes("a\0\"\xff", 4));
  bg_json_base64(&json, "base64", bg_bytes("\xfb\xff", 2), BG_BASE64);
  bg_json_base64(&json, "url", bg_bytes("\xfb\xff", 2), BG_BASE64URL);
  bg_json_array(&json, "array");
  bg_json_int(&json, NULL, 1);
  bg_json_object(&json, NULL);
  bg_json_end_object(&json);
  bg_json_text(&json, NULL, "x");
  bg_json_end_array(&json);
  bg_json_object(&json, "inner");
  bg_json_array(&json, "empty");
  bg_json_end_array(&json);
  bg_json_int(&json, "k\"", 2);
  bg_json_end_object(&json);
  bg_json_end_object(&json);
  assert_true(bg_bytes_is(
      bg_buf_view(&buf),
      "{\"text\":\"a\\\"b\\\\c\\n\\r\\t\\u0001\x7f/\",\"none\":null,\"null\":null,"
      "\"least\":-9223372036854775808,\"yes\":true,\"no\":false,\"time\":\"2026-01-31T12:00:00Z\","
      "\"hex\":\"00ff\",\"bytes\":\"a\\u0000\\\"" REPLACEMENT "\",\"base64\":\"+/"
      "8=\",\"url\":\"-_8\",\"array\":[1,{},\"x\"],\"inner\":{\"empty\":[],\"k\\\"\":2}}"));
}

static void lines_of_javascript_are_escaped(void **state) {
  (void)state;
  char store[64];
  struct bg_buf buf = BG_BUF(store);
  struct bg_json json = bg_json_writer(&buf);
  bg_json_text(&json, NULL, "\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xAA");
  assert_true(bg_bytes_is(bg_buf_view(&buf), "\"\\u2028\\u2029\xE2\x80\xAA\""));
}

static void key_in_array(struct bg_json *json) {
  bg_json_array(json, NULL);
  bg_json_int(json, "key", 1);
}
static void no_key_in_object(struct bg_json *json) {
  bg_json_object(json, NULL);
  bg_json_int(json, NULL, 1);
}
static void two_at_the_top(struct bg_json *json) {
  bg_json_int(json, NULL, 1);
  bg_json_int(json, NULL, 2);
}
static void end_of_nothing(struct bg_json *json) {
  bg_json_end_object(json);
}
static void end_of_the_other(struct bg_json *json) {
  bg_json_array(json, NULL);
  bg_json_end_object(json);
}
static void too_deep(struct bg_json *json) {
  for (unsigned i = 0; i <= BG_JSON_MAX_DEPTH; i++) {
    bg_json_array(json, NULL);
  }
}

static void misuse_fails_the_buffer(void **state) {
  (void)state;
  static void (*const misuses[])(struct bg_json *) = {
      key_in_array, no_key_in_object, two_at_the_top, end_of_nothing, end_of_the_other, too_deep};
  for (size_t i = 0; i < sizeof misuses / sizeof misuses[0]; i++) {
    char store[64];
    struct bg_buf buf = BG_BUF(store);
    struct bg_json json = bg_json_writer(&buf);
    misuses[i](&json);
    assert_true(buf.failed);
  }
}

static void every_lack_of_room_fails_the_buffer(void **state) {
  (void)state;
  char store[64];
  for (size_t cap = 0; cap <= sizeof store; cap++) {
    struct bg_buf buf = {.data = (uint8_t *)store, .cap = cap};
    struct bg_json json = bg_json_writer(&buf);
    bg_json_object(&json, NULL);
    bg_json_text(&json, "a\n", "\xE2\x80\xA8\xFF");
    bg_json_hex(&json, "h", bg_bytes("\x12", 1));
    bg_json_end_object(&json);
    static const char whole[] = "{\"a\\n\":\"\\u2028" REPLACEMENT "\",\"h\":\"12\"}";
    assert_int_equal(buf.failed, cap < sizeof whole - 1);
    assert_true(buf.failed || bg_bytes_is(bg_buf_view(&buf), whole));
  }
}

static uint32_t seed = 2463534242U;
static uint32_t pick(uint32_t below) {
  seed ^= seed << 13;
  seed ^= seed >> 17;
  seed ^= seed << 5;
  return seed % below;
}

static size_t encode(uint32_t code, char *text) {
  if (code < 0x80) {
    text[0] = (char)code;
    return 1;
  }
  size_t len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (size_t i = len - 1; i > 0; i--) {
    text[i] = (char)(0x80 | (code & 0x3F));
    code >>= 6;
  }
  text[0] = (char)(0xF00 >> len | code);
  return len;
}

static uint32_t pick_code(void) {
  static const uint32_t edges[] = {1,      0x1F,   0x20,   '"',     '\\',    0x7F,
                                   0x80,   0x7FF,  0x800,  0x2028,  0x2029,  0xD7FF,
                                   0xE000, 0xFFFD, 0xFFFF, 0x10000, 0x10FFFF};
  uint32_t code = pick(3) > 0 ? 1 + pick(0x7F) : 1 + pick(0x10FFFF);
  if (pick(4) == 0) {
    code = edges[pick(sizeof edges / sizeof edges[0])];
  }
  return code >= 0xD800 && code < 0xE000 ? 0x41 : code;
}

/* Appends one piece to the text and what must be read back to the expectation. */
static void add_piece(char *text, char *expected) {
  static const char *const invalid[] = {
      "\x80",         "\xBF",         "\xC0\x80",         "\xC3", "\xE0\x80\x80", "\xE2\x80",
      "\xED\xA0\x80", "\xF0\x9F\x98", "\xF4\x90\x80\x80", "\xFF", "\xFE"};
  char piece[8] = {0};
  if (pick(5) > 0) {
    (void)encode(pick_code(), piece);
    strcat(text, piece);
    strcat(expected, piece);
    return;
  }
  const char *bytes = invalid[pick(sizeof invalid / sizeof invalid[0])];
  strcat(text, bytes);
  strcat(text, "."); /* so that no piece completes another */
  for (size_t i = 0; i < strlen(bytes); i++) {
    strcat(expected, REPLACEMENT);
  }
  strcat(expected, ".");
}

static void jansson_reads_the_same_strings(void **state) {
  (void)state;
  for (unsigned round = 0; round < 20000; round++) {
    char text[256] = "";
    char expected[512] = "";
    char store[2048];
    struct bg_buf buf = BG_BUF(store);
    struct bg_json json = bg_json_writer(&buf);
    for (unsigned pieces = pick(20); pieces > 0; pieces--) {
      add_piece(text, expected);
    }
    bg_json_object(&json, NULL);
    bg_json_text(&json, text, text);
    bg_json_end_object(&json);
    struct bg_bytes written = bg_buf_view(&buf);
    json_t *read =
        json_loadb((const char *)written.data, written.len, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(read);
    const char *value = json_string_value(json_object_get(read, expected));
    assert_non_null(value);
    assert_string_equal(value, expected);
    json_decref(read);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(writes_every_kind_of_value),
      cmocka_unit_test(lines_of_javascript_are_escaped),
      cmocka_unit_test(misuse_fails_the_buffer),
      cmocka_unit_test(every_lack_of_room_fails_the_buffer),
      cmocka_unit_test(jansson_reads_the_same_strings),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
