/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "fixtures.h"
#include "test_paths.h"

static const char *const names[] = {KEY_NAMES};
#define NAME_COUNT (sizeof names / sizeof names[0])

static struct bg_ssh_key parse_line(const char *line) {
  struct bg_ssh_key key = {0};
  assert_int_equal(bg_ssh_key_from_line(bg_bytes_of(line), &key), BG_OK);
  return key;
}

static struct bg_ssh_key key_of(const char *name) {
  char line[LINE_SIZE];
  read_line(name, ".pub", line);
  return parse_line(line);
}

static void wire_numbers_and_strings(void **state) {
  (void)state;
  uint8_t store[64];
  struct bg_buf buf = BG_BUF(store);
  struct bg_bytes text = {0};
  uint32_t small = 0;
  uint64_t large = 0;
  bg_ssh_put_u32(&buf, 0x01020304);
  bg_ssh_put_string(&buf, bg_bytes_of("abc"));
  bg_ssh_put_string(&buf, bg_bytes(NULL, 0));
  bg_buf_put(&buf, "\x01\x02\x03\x04\x05\x06\x07\x08", 8);
  assert_memory_equal(store,
                      "\x01\x02\x03\x04\0\0\0\x03"
                      "abc\0\0\0\0",
                      15);
  struct bg_ssh_wire wire = bg_ssh_wire(bg_buf_view(&buf));
  assert_int_equal(bg_ssh_wire_u32(&wire, &small), BG_OK);
  assert_int_equal(small, 0x01020304);
  assert_int_equal(bg_ssh_wire_string(&wire, &text), BG_OK);
  assert_true(bg_bytes_is(text, "abc"));
  assert_int_equal(bg_ssh_wire_string(&wire, &text), BG_OK);
  assert_int_equal(text.len, 0);
  assert_int_equal(bg_ssh_wire_u64(&wire, &large), BG_OK);
  assert_true(large == 0x0102030405060708U);
  assert_true(bg_ssh_wire_at_end(&wire));
  assert_int_equal(bg_ssh_wire_u32(&wire, &small), BG_ERR_SYNTAX);
}

static void wire_never_passes_the_end(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    size_t len;
  } cut[] = {{"", 0},
             {"\0\0\0", 3},
             {"\0\0\0\x01", 4},
             {"\0\0\0\x04"
              "abc",
              7},
             {"\xFF\xFF\xFF\xFF"
              "abc",
              7},
             {"\x7F\xFF\xFF\xFF", 4}};
  for (size_t i = 0; i < sizeof cut / sizeof cut[0]; i++) {
    struct bg_bytes text = {0};
    uint64_t large = 0;
    struct bg_ssh_wire wire = bg_ssh_wire(bg_bytes(cut[i].bytes, cut[i].len));
    struct bg_ssh_wire before = wire;
    assert_int_equal(bg_ssh_wire_string(&wire, &text), BG_ERR_SYNTAX);
    assert_int_equal(bg_ssh_wire_u64(&wire, &large), BG_ERR_SYNTAX);
    assert_memory_equal(&wire, &before, sizeof wire);
  }
}

static void fingerprints_are_those_of_ssh_keygen(void **state) {
  (void)state;
  FILE *file = fopen(SRCDIR "/tests/unit/ssh/data/fingerprints", "r");
  assert_non_null(file);
  char name[32], expected[64], text[BG_FINGERPRINT_SIZE];
  unsigned count = 0;
  while (fscanf(file, "%31s %63s", name, expected) == 2) {
    struct bg_ssh_key key = key_of(name);
    bg_ssh_key_fingerprint(&key, text);
    assert_string_equal(text, expected);
    count++;
  }
  (void)fclose(file);
  assert_int_equal(count, NAME_COUNT);
}

static void only_ed25519_keys_can_sign(void **state) {
  (void)state;
  static const uint8_t zero[32];
  for (size_t i = 0; i < NAME_COUNT; i++) {
    struct bg_ssh_key key = key_of(names[i]);
    bool is_plain = strcmp(names[i], "ed25519") == 0;
    bool is_sk = strcmp(names[i], "sk-ed25519") == 0;
    assert_int_equal(key.type, is_plain ? BG_SSH_ED25519
                               : is_sk  ? BG_SSH_SK_ED25519
                                        : BG_SSH_OTHER);
    assert_int_equal(memcmp(key.point, zero, sizeof zero) != 0, is_plain || is_sk);
    assert_string_equal(key.application, is_sk ? "ssh:" : "");
  }
}

static void a_blob_is_written_as_it_was_read(void **state) {
  (void)state;
  static const char *const own[] = {"ed25519", "sk-ed25519"};
  for (size_t i = 0; i < 2; i++) {
    char line[LINE_SIZE];
    uint8_t blob[LINE_SIZE], store[256];
    struct bg_buf buf = BG_BUF(store);
    read_line(own[i], ".pub", line);
    size_t len = decode_line(line, blob);
    struct bg_ssh_key key = parse_line(line);
    bg_ssh_key_put_blob(&key, &buf);
    assert_true(bg_bytes_equal(bg_buf_view(&buf), bg_bytes(blob, len)));
  }
  struct bg_ssh_key rsa = key_of("rsa");
  uint8_t store[256];
  struct bg_buf buf = BG_BUF(store);
  bg_ssh_key_put_blob(&rsa, &buf);
  assert_true(buf.failed);
}

static void a_blob_is_exactly_one_key(void **state) {
  (void)state;
  static const char *const own[] = {"ed25519", "sk-ed25519"};
  for (size_t i = 0; i < 2; i++) {
    char line[LINE_SIZE];
    uint8_t blob[LINE_SIZE];
    struct bg_ssh_key key;
    read_line(own[i], ".pub", line);
    size_t len = decode_line(line, blob);
    for (size_t cut = 0; cut < len; cut++) {
      assert_int_equal(bg_ssh_key_from_blob(bg_bytes(blob, cut), &key), BG_ERR_SYNTAX);
    }
    blob[len] = 0;
    assert_int_equal(bg_ssh_key_from_blob(bg_bytes(blob, len + 1), &key), BG_ERR_SYNTAX);
  }
}

static enum bg_error compose(const char *type, size_t point_len, struct bg_bytes application) {
  static const uint8_t point[64] = {9};
  uint8_t store[512];
  struct bg_buf buf = BG_BUF(store);
  struct bg_ssh_key key;
  bg_ssh_put_string(&buf, bg_bytes_of(type));
  bg_ssh_put_string(&buf, bg_bytes(point, point_len));
  if (application.data != NULL) {
    bg_ssh_put_string(&buf, application);
  }
  return bg_ssh_key_from_blob(bg_buf_view(&buf), &key);
}

static void fields_have_their_sizes(void **state) {
  (void)state;
  static const char sk[] = "sk-ssh-ed25519@openssh.com";
  char application[130];
  memset(application, 'a', sizeof application);
  assert_int_equal(compose("ssh-ed25519", 32, bg_bytes(NULL, 0)), BG_OK);
  assert_int_equal(compose("ssh-ed25519", 31, bg_bytes(NULL, 0)), BG_ERR_SYNTAX);
  assert_int_equal(compose("ssh-ed25519", 33, bg_bytes(NULL, 0)), BG_ERR_SYNTAX);
  assert_int_equal(compose(sk, 32, bg_bytes(application, 128)), BG_OK);
  assert_int_equal(compose(sk, 32, bg_bytes(application, 129)), BG_ERR_KEY);
  assert_int_equal(compose(sk, 32, bg_bytes("ssh:\0x", 6)), BG_ERR_SYNTAX);
  assert_int_equal(compose("", 32, bg_bytes(NULL, 0)), BG_ERR_SYNTAX);
  assert_int_equal(compose("ssh-ed25519-cert-v01@openssh.com", 32, bg_bytes(NULL, 0)), BG_ERR_KEY);
}

static void a_certificate_is_no_key(void **state) {
  (void)state;
  for (size_t i = 0; i < NAME_COUNT; i++) {
    char line[LINE_SIZE];
    struct bg_ssh_key key;
    read_line(names[i], "-plain-cert.pub", line);
    assert_int_equal(bg_ssh_key_from_line(bg_bytes_of(line), &key), BG_ERR_KEY);
  }
}

#define ED "AAAAC3NzaC1lZDI1NTE5AAAAIG6LVLM9/95I0I9bVERqQ7p43oBzZ7tRgv+h8J8nBeTJ"

static void lines_are_type_and_key(void **state) {
  (void)state;
  static const char *const good[] = {"ssh-ed25519 " ED, "ssh-ed25519 " ED " a comment",
                                     "ssh-ed25519\t  " ED " ", "ssh-ed25519 " ED "\tx"};
  static const char *const bad[] = {"",
                                    " ",
                                    "ssh-ed25519",
                                    "ssh-ed25519 ",
                                    ED,
                                    " ssh-ed25519 " ED,
                                    "ssh-rsa " ED,
                                    "SSH-ED25519 " ED,
                                    "ssh-ed25519 " ED "=",
                                    "ssh-ed25519 " ED "====",
                                    "ssh-ed25519 A" ED,
                                    "ssh-ed25519 " ED "\n",
                                    "ssh-ed25519 AAAA",
                                    "ssh-ed25519 " ED "AA==",
                                    "sk-ssh-ed25519@openssh.com " ED};
  struct bg_ssh_key first = parse_line(good[0]);
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    struct bg_ssh_key key = parse_line(good[i]);
    assert_memory_equal(key.sha256, first.sha256, sizeof key.sha256);
  }
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    struct bg_ssh_key key;
    assert_int_equal(bg_ssh_key_from_line(bg_bytes_of(bad[i]), &key), BG_ERR_SYNTAX);
  }
}

static void key_files(void **state) {
  (void)state;
  struct bg_ssh_key key;
  char path[600];
  char link[600];
  const char *root = test_root_create();
  (void)snprintf(path, sizeof path, "%s/key.pub", root);
  (void)snprintf(link, sizeof link, "%s/link.pub", root);
  assert_int_equal(bg_ssh_key_from_file(path, &key), BG_ERR_NOT_FOUND);
  test_root_write("/key.pub", "ssh-ed25519 " ED " comment\n");
  assert_int_equal(bg_ssh_key_from_file(path, &key), BG_OK);
  assert_int_equal(symlink("key.pub", link), 0);
  assert_int_equal(bg_ssh_key_from_file(link, &key), BG_ERR_UNSAFE);
  test_root_write("/key.pub", "ssh-ed25519 " ED);
  assert_int_equal(bg_ssh_key_from_file(path, &key), BG_OK);
  static const char *const bad[] = {"", "\n", "\nssh-ed25519 " ED "\n", "ssh-ed25519 " ED "\n\n",
                                    "ssh-ed25519 " ED "\nssh-ed25519 " ED "\n"};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    test_root_write("/key.pub", bad[i]);
    assert_int_equal(bg_ssh_key_from_file(path, &key), BG_ERR_SYNTAX);
  }
  assert_int_equal(chmod(path, 0666), 0);
  assert_int_equal(bg_ssh_key_from_file(path, &key), BG_ERR_UNSAFE);
  test_root_remove();
}

static void verifies_signatures(void **state) {
  (void)state;
  struct bg_ssh_key key = {.type = BG_SSH_ED25519};
  uint8_t secret[crypto_sign_SECRETKEYBYTES], signature[64];
  static const uint8_t seed[crypto_sign_SEEDBYTES] = {7};
  struct bg_bytes message = bg_bytes_of("message");
  assert_int_equal(crypto_sign_seed_keypair(key.point, secret, seed), 0);
  assert_int_equal(crypto_sign_detached(signature, NULL, message.data, message.len, secret), 0);
  assert_true(bg_ssh_key_verify(&key, message, signature));
  assert_true(bg_ssh_key_is_prime_order(&key));
  assert_false(bg_ssh_key_verify(&key, bg_bytes_of("Message"), signature));
  struct bg_ssh_key other = key;
  other.type = BG_SSH_OTHER;
  assert_false(bg_ssh_key_verify(&other, message, signature));
  signature[63] ^= 0x20; /* S not below the order */
  assert_false(bg_ssh_key_verify(&key, message, signature));
  memset(key.point, 0, sizeof key.point); /* of order 4 */
  assert_false(bg_ssh_key_is_prime_order(&key));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(wire_numbers_and_strings),
      cmocka_unit_test(wire_never_passes_the_end),
      cmocka_unit_test(fingerprints_are_those_of_ssh_keygen),
      cmocka_unit_test(only_ed25519_keys_can_sign),
      cmocka_unit_test(a_blob_is_written_as_it_was_read),
      cmocka_unit_test(a_blob_is_exactly_one_key),
      cmocka_unit_test(fields_have_their_sizes),
      cmocka_unit_test(a_certificate_is_no_key),
      cmocka_unit_test(lines_are_type_and_key),
      cmocka_unit_test(key_files),
      cmocka_unit_test(verifies_signatures),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
