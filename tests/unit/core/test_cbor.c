/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "breakglass/text.h"
#include "same_cbor.h"

#define TREE_MAX 4096

static struct bg_bytes from_hex(const char *hex, uint8_t *store) {
  size_t len = strlen(hex) / 2;
  assert_int_equal(bg_parse_hex(bg_bytes_of(hex), len, store), BG_OK);
  return bg_bytes(store, len);
}

/* Mostly of RFC 8949 appendix A. */
static void accepts_deterministic_items(void **state) {
  (void)state;
  static const char *const good[] = {
      "00",
      "17",
      "1818",
      "18ff",
      "190100",
      "19ffff",
      "1a00010000",
      "1affffffff",
      "1b0000000100000000",
      "1bffffffffffffffff",
      "20",
      "37",
      "3818",
      "3bffffffffffffffff",
      "40",
      "4401020304",
      "60",
      "6161",
      "62c3bc",
      "63e6b0b4",
      "64f0908591",
      "80",
      "83010203",
      "8301820203820405",
      "a0",
      "a201020304",
      "a26161016162820203",
      "a10020",
      "c11a514b67b0",
      "d818456449455446",
      "d9d9f700",
      "d86280",
  };
  uint8_t store[64];
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    struct bg_bytes bytes = from_hex(good[i], store);
    if (bg_cbor_check(bytes) != BG_OK || !same_as_libcbor(bytes)) {
      fail_msg("%s is refused, or read otherwise", good[i]);
    }
  }
}

static void refuses_all_other_encodings(void **state) {
  (void)state;
  static const char *const bad[] = {
      "",     /* nothing */
      "0000", /* trailing item */
      "1800",
      "1817", /* longer than shortest, all widths and types */
      "190000",
      "1900ff",
      "1a00000000",
      "1a0000ffff",
      "1b0000000000000000",
      "1b00000000ffffffff",
      "3817",
      "3900ff",
      "5800",
      "581741",
      "590001ff",
      "7800",
      "790001",
      "9800",
      "981700",
      "b800",
      "b90000",
      "d801",
      "d81700",
      "d9000100",
      "1c",
      "1d",
      "1e",
      "1f", /* reserved */
      "3c",
      "5c",
      "7e",
      "9d",
      "bc",
      "dc",
      "5f41004100ff",
      "7f61616162ff",
      "9f01ff",
      "bf0102ff",
      "5f",
      "9f", /* indefinite */
      "18",
      "19",
      "1900",
      "1a000000",
      "1b00000000000000", /* cut heads */
      "41",
      "420a",
      "61",
      "5a00000001",
      "5bffffffffffffffff",
      "7bffffffffffffffff", /* cut strings */
      "81",
      "8200",
      "a1",
      "a100",
      "a20001",
      "9affffffff",
      "9bffffffffffffffff",
      "baffffffff",
      "bbffffffffffffffff",
      "c0",
      "d818",
      "d862840000",
      "f4",
      "f5",
      "f6",
      "f7",
      "e0",
      "f8ff",
      "f90000",
      "fa00000000",
      "fb0000000000000000",
      "ff",
      "a200010001", /* duplicate key */
      "a201000000", /* unsorted keys */
      "a2616200616100",
      "a260010002",
      "a220000000",
      "a2818000818000",
      "a26261620062616100",
      "61ff",
      "61c3",
      "62c080",
      "63eda080",
      "64f4908080",
      "6180",             /* not UTF-8 */
      "8181818181818100", /* seven deep */
      "c1c1c1c1c1c1c100",
      "8181818181818180",
      "a18181818181810000",
  };
  uint8_t store[64];
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    if (bg_cbor_check(from_hex(bad[i], store)) != BG_ERR_SYNTAX) {
      fail_msg("%s is accepted", bad[i]);
    }
  }
}

static void nests_six_deep_at_most(void **state) {
  (void)state;
  uint8_t store[16];
  assert_int_equal(bg_cbor_check(from_hex("81818181818100", store)), BG_OK);
  assert_int_equal(bg_cbor_check(from_hex("8181818181a0", store)), BG_OK);
  assert_int_equal(bg_cbor_check(from_hex("818181818181a0", store)), BG_ERR_SYNTAX);
}

static void integers_at_their_edges(void **state) {
  (void)state;
  static const int64_t values[] = {
      0,          1,          23,          24,          255,       256,          65535, 65536,
      4294967295, 4294967296, INT64_MAX,   -1,          -24,       -25,          -256,  -257,
      -65536,     -65537,     -4294967296, -4294967297, INT64_MIN, INT64_MAX - 1};
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
    uint8_t store[9];
    struct bg_buf buf = BG_BUF(store);
    bg_cbor_put_int(&buf, values[i]);
    assert_true(same_as_libcbor(bg_buf_view(&buf)));
    struct bg_cbor reader = bg_cbor_reader(bg_buf_view(&buf));
    int64_t value = 0;
    assert_int_equal(bg_cbor_int(&reader, &value), BG_OK);
    assert_true(value == values[i] && bg_cbor_at_end(&reader));
  }
}

static void an_error_moves_and_writes_nothing(void **state) {
  (void)state;
  uint8_t store[16];
  int64_t value = 77;
  size_t count = 77;
  struct bg_bytes bytes = bg_bytes("x", 1);
  uint64_t tag = 77;
  struct bg_cbor wide = bg_cbor_reader(from_hex("1b8000000000000000", store));
  struct bg_cbor before = wide;
  assert_int_equal(bg_cbor_int(&wide, &value), BG_ERR_RANGE);
  assert_memory_equal(&wide, &before, sizeof wide);
  static const char *const broken[] = {"",       "5bffffffffffffffff",
                                       "61ff",   "9affffffff",
                                       "f6",     "bbffffffffffffffff",
                                       "19",     "1800",
                                       "d801",   "420a",
                                       "98ff00", "a100"};
  for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
    struct bg_cbor reader = bg_cbor_reader(from_hex(broken[i], store));
    before = reader;
    assert_int_equal(bg_cbor_int(&reader, &value), BG_ERR_SYNTAX);
    assert_int_equal(bg_cbor_bytes(&reader, &bytes), BG_ERR_SYNTAX);
    assert_int_equal(bg_cbor_text(&reader, &bytes), BG_ERR_SYNTAX);
    assert_int_equal(bg_cbor_array(&reader, &count), BG_ERR_SYNTAX);
    assert_int_equal(bg_cbor_map(&reader, &count), BG_ERR_SYNTAX);
    assert_int_equal(bg_cbor_tag(&reader, &tag), BG_ERR_SYNTAX);
    assert_memory_equal(&reader, &before, sizeof reader);
  }
  assert_true(value == 77 && count == 77 && tag == 77 && bg_bytes_is(bytes, "x"));
}

/* A generator of its own, so that a failure can be seen again. */
static uint64_t seed = 88172645463325252U;
static uint32_t pick(uint32_t below) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (uint32_t)(seed >> 32) % below;
}

static int64_t pick_int(void) {
  int64_t value = (int64_t)((uint64_t)pick(UINT32_MAX) << 31 | pick(UINT32_MAX)) >> pick(62);
  return pick(2) == 0 ? value : -1 - value;
}

static void put_tree(struct bg_buf *buf, unsigned depth);

static void put_map(struct bg_buf *buf, unsigned depth) {
  size_t pairs = pick(30);
  bg_cbor_put_map(buf, pairs);
  for (size_t i = 0; i < pairs; i++) {
    char key[8];
    (void)snprintf(key, sizeof key, "k%03zu", i);
    if (i < pairs / 2) {
      bg_cbor_put_int(buf, (int64_t)i * 7); /* integers come before text */
    } else {
      bg_cbor_put_text(buf, key);
    }
    put_tree(buf, depth + 1);
  }
}

static void put_tree(struct bg_buf *buf, unsigned depth) {
  static const uint8_t bytes[300] = "bytes";
  static const char *const texts[] = {"", "a", "\xc3\xbc",
                                      "a text of more than 23 bytes, as it is"};
  size_t count = pick(5);
  switch (pick(depth < BG_CBOR_MAX_DEPTH ? 6 : 3)) {
  case 0:
    bg_cbor_put_int(buf, pick_int());
    break;
  case 1:
    bg_cbor_put_bytes(buf, bg_bytes(bytes, pick(4) == 0 ? pick(sizeof bytes) : pick(20)));
    break;
  case 2:
    bg_cbor_put_text(buf, texts[pick(4)]);
    break;
  case 3:
    bg_cbor_put_array(buf, count);
    for (size_t i = 0; i < count; i++) {
      put_tree(buf, depth + 1);
    }
    break;
  case 4:
    put_map(buf, depth);
    break;
  default:
    bg_cbor_put_tag(buf, pick(2) == 0 ? pick(30) : pick(UINT32_MAX));
    put_tree(buf, depth + 1);
  }
}

static void changed_trees(uint8_t *store, size_t len) {
  for (unsigned i = 0; i < 40; i++) {
    size_t at = pick((uint32_t)len);
    uint8_t old = store[at];
    store[at] = (uint8_t)pick(256);
    struct bg_bytes bytes = bg_bytes(store, pick(4) == 0 ? pick((uint32_t)len + 1) : len);
    if (bg_cbor_check(bytes) == BG_OK) {
      assert_true(same_as_libcbor(bytes));
    }
    store[at] = old;
  }
}

static void random_trees_are_those_of_libcbor(void **state) {
  (void)state;
  unsigned whole = 0;
  for (unsigned i = 0; i < 3000; i++) {
    uint8_t store[TREE_MAX];
    struct bg_buf buf = BG_BUF(store);
    put_tree(&buf, 0);
    if (buf.failed) {
      continue;
    }
    struct bg_bytes bytes = bg_buf_view(&buf);
    assert_int_equal(bg_cbor_check(bytes), BG_OK);
    assert_true(same_as_libcbor(bytes));
    assert_int_equal(bg_cbor_check(bg_bytes(store, bytes.len - 1)), BG_ERR_SYNTAX);
    changed_trees(store, bytes.len);
    whole++;
  }
  assert_true(whole > 2000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(accepts_deterministic_items),
      cmocka_unit_test(refuses_all_other_encodings),
      cmocka_unit_test(nests_six_deep_at_most),
      cmocka_unit_test(integers_at_their_edges),
      cmocka_unit_test(an_error_moves_and_writes_nothing),
      cmocka_unit_test(random_trees_are_those_of_libcbor),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
