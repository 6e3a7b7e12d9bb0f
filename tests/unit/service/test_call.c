/* SPDX-License-Identifier: BSD-2-Clause */
/* Signed calls: the bytes that are signed, the header, and that each part of a call counts. */
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "breakglass/call.h"
#include "test_token.h"

#define TEXT(literal)                                                                              \
  { (const uint8_t *)(literal), sizeof(literal) - 1 }
#define TIME "1767225600"
#define NONCE "000102030405060708090a0b0c0d0e0f"
#define HEADER "SSHSIG " TIME "." NONCE ".QUJD"

static struct bg_call good_call(void) {
  return (struct bg_call){
      .issuer = bg_bytes_of("signer.example"),
      .method = bg_bytes_of("POST"),
      .target = bg_bytes_of("/v1/requests?a=1"),
      .body = bg_bytes_of("{}"),
      .idempotency_key = bg_bytes_of("once-1"),
      .time = 1767225600,
      .nonce = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
  };
}

/* The bytes are the protocol's: whoever changes them breaks every caller. */
static void the_message_is_the_protocols(void **state) {
  (void)state;
  uint8_t bytes[BG_CALL_MESSAGE_MAX];
  struct bg_buf buf = BG_BUF(bytes);
  struct bg_call call = good_call();
  assert_int_equal(bg_call_message(&call, &buf), BG_OK);
  assert_true(bg_bytes_is(bg_buf_view(&buf),
                          "breakglass-call-v1\nsigner.example\nPOST\n/v1/requests?a=1\n"
                          "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\n"
                          "once-1\n1767225600\n000102030405060708090a0b0c0d0e0f\n"));
  buf = BG_BUF(bytes);
  call.body = bg_bytes(NULL, 0);
  call.idempotency_key = bg_bytes(NULL, 0);
  call.time = 0;
  assert_int_equal(bg_call_message(&call, &buf), BG_OK);
  assert_true(bg_bytes_is(bg_buf_view(&buf),
                          "breakglass-call-v1\nsigner.example\nPOST\n/v1/requests?a=1\n"
                          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"
                          "\n0\n000102030405060708090a0b0c0d0e0f\n"));
}

static const size_t lines[] = {offsetof(struct bg_call, issuer), offsetof(struct bg_call, method),
                               offsetof(struct bg_call, target),
                               offsetof(struct bg_call, idempotency_key)};
#define LINE_COUNT (sizeof lines / sizeof lines[0])

static void set_part(struct bg_call *call, size_t part, struct bg_bytes value) {
  memcpy((char *)call + part, &value, sizeof value);
}

static void no_part_can_pass_for_two(void **state) {
  (void)state;
  static const struct bg_bytes bad[] = {TEXT("a\nb"), TEXT("\n"),    TEXT("a\r"),
                                        TEXT("\0"),   TEXT("a\x1f"), TEXT("\x7f")};
  for (size_t i = 0; i < LINE_COUNT; i++) {
    for (size_t j = 0; j < sizeof bad / sizeof bad[0]; j++) {
      uint8_t bytes[BG_CALL_MESSAGE_MAX];
      struct bg_buf buf = BG_BUF(bytes);
      struct bg_call call = good_call();
      set_part(&call, lines[i], bad[j]);
      assert_int_equal(bg_call_message(&call, &buf), BG_ERR_RANGE);
      assert_int_equal(buf.len, 0);
    }
  }
}

static void a_message_has_a_greatest_size(void **state) {
  (void)state;
  static uint8_t space[BG_CALL_MESSAGE_MAX];
  memset(space, 'x', sizeof space);
  for (size_t i = 0; i < LINE_COUNT; i++) {
    uint8_t bytes[BG_CALL_MESSAGE_MAX];
    struct bg_buf buf = BG_BUF(bytes);
    struct bg_call call = good_call();
    set_part(&call, lines[i], bg_bytes(space, sizeof space));
    assert_int_equal(bg_call_message(&call, &buf), BG_ERR_TOO_LARGE);
  }
}

static void a_header_is_read_as_it_was_written(void **state) {
  (void)state;
  static const int64_t times[] = {0, 1, 1767225600, BG_TIME_MAX};
  static const size_t sizes[] = {1, 2, 3, 185, BG_SSHSIG_MAX};
  uint8_t blob_bytes[BG_SSHSIG_MAX];
  randombytes_buf(blob_bytes, sizeof blob_bytes);
  for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
    for (size_t j = 0; j < sizeof sizes / sizeof sizes[0]; j++) {
      uint8_t bytes[BG_CALL_HEADER_MAX];
      uint8_t again_bytes[BG_SSHSIG_MAX];
      struct bg_buf header = BG_BUF(bytes);
      struct bg_buf again = BG_BUF(again_bytes);
      struct bg_call call = good_call();
      struct bg_call found = {.method = bg_bytes_of("GET")};
      call.time = times[i];
      randombytes_buf(call.nonce, sizeof call.nonce);
      bg_call_put_header(&call, bg_bytes(blob_bytes, sizes[j]), &header);
      assert_false(header.failed);
      assert_int_equal(bg_call_parse_header(bg_buf_view(&header), &found, &again), BG_OK);
      assert_int_equal(found.time, times[i]);
      assert_memory_equal(found.nonce, call.nonce, sizeof call.nonce);
      assert_true(bg_bytes_is(found.method, "GET")); /* not the header's */
      assert_true(bg_bytes_equal(bg_buf_view(&again), bg_bytes(blob_bytes, sizes[j])));
    }
  }
}

static void the_header_is_the_protocols(void **state) {
  (void)state;
  static const uint8_t large[BG_SSHSIG_MAX + 1];
  uint8_t bytes[BG_CALL_HEADER_MAX];
  struct bg_buf buf = BG_BUF(bytes);
  const struct bg_call call = good_call();
  bg_call_put_header(&call, bg_bytes_of("ABC"), &buf);
  assert_true(bg_bytes_is(bg_buf_view(&buf), HEADER));
  bg_call_put_header(&call, bg_bytes(large, sizeof large), &buf);
  assert_true(buf.failed);
}

static const struct {
  struct bg_bytes header;
  enum bg_error wanted;
} bad_headers[] = {
    {TEXT(""), BG_ERR_NOT_FOUND},
    {TEXT("SSHSIG"), BG_ERR_NOT_FOUND},
    {TEXT("Bearer abc"), BG_ERR_NOT_FOUND},
    {TEXT("sshsig " TIME "." NONCE ".QUJD"), BG_ERR_NOT_FOUND},
    {TEXT("SSHSIG\t" TIME "." NONCE ".QUJD"), BG_ERR_NOT_FOUND},
    {TEXT(" " HEADER), BG_ERR_NOT_FOUND},
    {TEXT("SSHSIG "), BG_ERR_SYNTAX},
    {TEXT("SSHSIG ."), BG_ERR_SYNTAX},
    {TEXT("SSHSIG .."), BG_ERR_SYNTAX},
    {TEXT("SSHSIG " TIME), BG_ERR_SYNTAX},
    {TEXT("SSHSIG " TIME "." NONCE), BG_ERR_SYNTAX},
    {TEXT("SSHSIG " TIME "." NONCE "QUJD"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG " TIME NONCE ".QUJD"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG " TIME "." NONCE "."), BG_ERR_SYNTAX},
    {TEXT("SSHSIG ." NONCE ".QUJD"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG " TIME "..QUJD"), BG_ERR_SYNTAX},
    /* The time. */
    {TEXT("SSHSIG 0" TIME "." NONCE ".QUJD"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG 00." NONCE ".QUJD"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG -1." NONCE ".QUJD"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG +1." NONCE ".QUJD"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG 1e3." NONCE ".QUJD"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG 0x1." NONCE ".QUJD"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG  " TIME "." NONCE ".QUJD"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG " TIME " ." NONCE ".QUJD"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG 1\0." NONCE ".QUJD"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG 253402300800." NONCE ".QUJD"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG 9223372036854775808." NONCE ".QUJD"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG 18446744073709551617." NONCE ".QUJD"), BG_ERR_SYNTAX},
    /* The nonce. */
    {TEXT("SSHSIG " TIME ".000102030405060708090A0b0c0d0e0f.QUJD"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG " TIME ".000102030405060708090a0b0c0d0e0F.QUJD"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG " TIME ".000102030405060708090a0b0c0d0e0.QUJD"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG " TIME "." NONCE "0.QUJD"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG " TIME "." NONCE "00.QUJD"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG " TIME ".000102030405060708090g0b0c0d0e0f.QUJD"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG " TIME ". 00102030405060708090a0b0c0d0e0f.QUJD"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG " TIME ".\xb0\xb1"
          "0102030405060708090a0b0c0d0e0f.QUJD"),
     BG_ERR_SYNTAX},
    /* The signature. */
    {TEXT(HEADER " "), BG_ERR_SYNTAX},
    {TEXT(HEADER "\n"), BG_ERR_SYNTAX},
    {TEXT(HEADER "\r\n"), BG_ERR_SYNTAX},
    {TEXT(HEADER "\0"), BG_ERR_SYNTAX},
    {TEXT(HEADER "."), BG_ERR_SYNTAX},
    {TEXT(HEADER ".QUJD"), BG_ERR_SYNTAX},
    {TEXT(HEADER "="), BG_ERR_SYNTAX},
    {TEXT(HEADER "===="), BG_ERR_SYNTAX},
    {TEXT(HEADER "Q"), BG_ERR_SYNTAX},
    {TEXT(HEADER "QQ"), BG_ERR_SYNTAX},
    {TEXT(HEADER "QQ="), BG_ERR_SYNTAX},
    {TEXT(HEADER "QQ==="), BG_ERR_SYNTAX},
    {TEXT(HEADER "QR=="), BG_ERR_SYNTAX}, /* bits behind the last byte */
    {TEXT("SSHSIG " TIME "." NONCE ". QUJD"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG " TIME "." NONCE ".QU JD"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG " TIME "." NONCE ".QU\nJD"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG " TIME "." NONCE ".QU\0JD"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG " TIME "." NONCE ".QU-_"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG " TIME "." NONCE ".QUJ\xc1"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG " TIME "." NONCE ".\xd1UJD"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG " TIME "." NONCE ".QUJ\xff"), BG_ERR_SYNTAX},
    {TEXT("SSHSIG " TIME "." NONCE ".===="), BG_ERR_SYNTAX},
};

static void no_other_header_is_taken(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof bad_headers / sizeof bad_headers[0]; i++) {
    uint8_t bytes[BG_SSHSIG_MAX];
    struct bg_buf blob = BG_BUF(bytes);
    struct bg_call call = {.time = 77, .nonce = {77}};
    enum bg_error err = bg_call_parse_header(bad_headers[i].header, &call, &blob);
    if (err != bad_headers[i].wanted) {
      fail_msg("%s: %s", (const char *)bad_headers[i].header.data, bg_strerror(err));
    }
    assert_int_equal(call.time, 77); /* untouched */
    assert_int_equal(call.nonce[0], 77);
    assert_int_equal(blob.len, 0);
  }
}

static void a_header_has_a_greatest_size(void **state) {
  (void)state;
  /* One byte more than there is room for, and much more. */
  static const size_t sizes[] = {BG_SSHSIG_MAX + 1, BG_SSHSIG_MAX + 2, BG_CALL_HEADER_MAX, 65536};
  static char text[3 * 65536];
  static uint8_t large[65536];
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    uint8_t bytes[BG_SSHSIG_MAX];
    struct bg_buf blob = BG_BUF(bytes);
    struct bg_call call;
    const int len = snprintf(text, sizeof text, "SSHSIG " TIME "." NONCE ".");
    assert_non_null(sodium_bin2base64(text + len, sizeof text - (size_t)len, large, sizes[i],
                                      sodium_base64_VARIANT_ORIGINAL));
    assert_int_equal(bg_call_parse_header(bg_bytes_of(text), &call, &blob), BG_ERR_SYNTAX);
    assert_int_equal(blob.len, 0);
  }
}

/* Alice's signature. */
static void sign(const struct bg_call *call, const char *namespace, struct bg_buf *blob) {
  uint8_t message_bytes[BG_CALL_MESSAGE_MAX];
  uint8_t bytes[512];
  uint8_t secret[64];
  struct bg_buf message = BG_BUF(message_bytes);
  struct bg_buf to_be_signed = BG_BUF(bytes);
  struct bg_sshsig sig = {.namespace = bg_bytes_of(namespace), .hash_name = bg_bytes_of("sha512")};
  test_key_of(TEST_ALICE, &sig.key, secret);
  assert_int_equal(bg_call_message(call, &message), BG_OK);
  assert_int_equal(
      bg_sshsig_to_be_signed(sig.namespace, sig.hash_name, bg_buf_view(&message), &to_be_signed),
      BG_OK);
  (void)crypto_sign_detached(sig.signature, NULL, to_be_signed.data, to_be_signed.len, secret);
  bg_sshsig_put(&sig, blob);
  assert_false(blob->failed);
}

static void the_signer_is_told(void **state) {
  (void)state;
  uint8_t bytes[BG_SSHSIG_MAX];
  uint8_t secret[64];
  struct bg_buf blob = BG_BUF(bytes);
  struct bg_ssh_key key = {0};
  struct bg_ssh_key alice;
  const struct bg_call call = good_call();
  test_key_of(TEST_ALICE, &alice, secret);
  sign(&call, BG_NAMESPACE_REQUEST, &blob);
  assert_int_equal(bg_call_verify(&call, BG_NAMESPACE_REQUEST, bg_buf_view(&blob), &key), BG_OK);
  assert_memory_equal(key.sha256, alice.sha256, sizeof alice.sha256);
  assert_int_equal(key.type, BG_SSH_ED25519);
}

static const struct {
  size_t part;
  struct bg_bytes value;
} changes[] = {
    {offsetof(struct bg_call, issuer), TEXT("signer2.example")},
    {offsetof(struct bg_call, issuer), TEXT("")},
    {offsetof(struct bg_call, method), TEXT("GET")},
    {offsetof(struct bg_call, method), TEXT("post")},
    {offsetof(struct bg_call, target), TEXT("/v1/requests?a=2")},
    {offsetof(struct bg_call, target), TEXT("/v1/requests")},
    {offsetof(struct bg_call, target), TEXT("/v1/requests?a=1 ")},
    {offsetof(struct bg_call, body), TEXT("")},
    {offsetof(struct bg_call, body), TEXT("{} ")},
    {offsetof(struct bg_call, body), TEXT("[]")},
    {offsetof(struct bg_call, idempotency_key), TEXT("")},
    {offsetof(struct bg_call, idempotency_key), TEXT("once-2")},
    /* What cannot be signed is not good either. */
    {offsetof(struct bg_call, issuer), TEXT("signer.example\nPOST")},
    {offsetof(struct bg_call, target), TEXT("/\n")},
};

static void refuse(const struct bg_call *call, const char *namespace, const struct bg_buf *blob) {
  struct bg_ssh_key key = {.point = {77}};
  assert_int_equal(bg_call_verify(call, namespace, bg_buf_view(blob), &key),
                   BG_REFUSED_BAD_SIGNATURE);
  assert_int_equal(key.point[0], 77); /* untouched */
}

static void each_part_of_a_call_is_signed(void **state) {
  (void)state;
  uint8_t bytes[BG_SSHSIG_MAX];
  struct bg_buf blob = BG_BUF(bytes);
  const struct bg_call good = good_call();
  sign(&good, BG_NAMESPACE_REQUEST, &blob);
  for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
    struct bg_call call = good;
    set_part(&call, changes[i].part, changes[i].value);
    refuse(&call, BG_NAMESPACE_REQUEST, &blob);
  }
  struct bg_call call = good;
  call.time++;
  refuse(&call, BG_NAMESPACE_REQUEST, &blob);
  for (size_t i = 0; i < sizeof call.nonce; i++) {
    call = good;
    call.nonce[i] ^= 0x10;
    refuse(&call, BG_NAMESPACE_REQUEST, &blob);
  }
}

static void a_call_is_for_one_kind_of_route(void **state) {
  (void)state;
  static const char *const namespaces[] = {BG_NAMESPACE_REQUEST, BG_NAMESPACE_DENY,
                                           BG_NAMESPACE_REVOKE, BG_NAMESPACE_READ};
  const struct bg_call call = good_call();
  for (size_t i = 0; i < 4; i++) {
    uint8_t bytes[BG_SSHSIG_MAX];
    struct bg_buf blob = BG_BUF(bytes);
    struct bg_ssh_key key;
    sign(&call, namespaces[i], &blob);
    for (size_t j = 0; j < 4; j++) {
      assert_int_equal(bg_call_verify(&call, namespaces[j], bg_buf_view(&blob), &key),
                       i == j ? BG_OK : BG_REFUSED_BAD_SIGNATURE);
    }
  }
}

/* Their parts are not shifted into each other: the same bytes, cut elsewhere. */
static void parts_are_kept_apart(void **state) {
  (void)state;
  uint8_t bytes[BG_SSHSIG_MAX];
  struct bg_buf blob = BG_BUF(bytes);
  struct bg_call call = good_call();
  sign(&call, BG_NAMESPACE_REQUEST, &blob);
  call.issuer = bg_bytes_of("signer.exampleP");
  call.method = bg_bytes_of("OST");
  refuse(&call, BG_NAMESPACE_REQUEST, &blob);
}

static void a_broken_blob_is_told_from_a_bad_signature(void **state) {
  (void)state;
  uint8_t bytes[BG_SSHSIG_MAX];
  struct bg_buf blob = BG_BUF(bytes);
  struct bg_ssh_key key;
  const struct bg_call call = good_call();
  sign(&call, BG_NAMESPACE_READ, &blob);
  blob.data[blob.len - 1] ^= 1;
  refuse(&call, BG_NAMESPACE_READ, &blob);
  assert_int_equal(bg_call_verify(&call, BG_NAMESPACE_READ, bg_bytes(bytes, blob.len - 1), &key),
                   BG_ERR_SYNTAX);
  assert_int_equal(bg_call_verify(&call, BG_NAMESPACE_READ, bg_bytes(NULL, 0), &key),
                   BG_ERR_SYNTAX);
  bytes[18] = 'S'; /* the type of the key */
  assert_int_equal(bg_call_verify(&call, BG_NAMESPACE_READ, bg_buf_view(&blob), &key), BG_ERR_KEY);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_message_is_the_protocols),
      cmocka_unit_test(no_part_can_pass_for_two),
      cmocka_unit_test(a_message_has_a_greatest_size),
      cmocka_unit_test(a_header_is_read_as_it_was_written),
      cmocka_unit_test(the_header_is_the_protocols),
      cmocka_unit_test(no_other_header_is_taken),
      cmocka_unit_test(a_header_has_a_greatest_size),
      cmocka_unit_test(the_signer_is_told),
      cmocka_unit_test(each_part_of_a_call_is_signed),
      cmocka_unit_test(a_call_is_for_one_kind_of_route),
      cmocka_unit_test(parts_are_kept_apart),
      cmocka_unit_test(a_broken_blob_is_told_from_a_bad_signature),
  };
  return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
