/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "breakglass/auth_info.h"
#include "fixtures.h"

#define TEXT_SIZE (BG_AUTH_INFO_MAX + 64)

/* What sshd would say of this public key file. */
static enum bg_error parse_file(const char *name, const char *suffix,
                                struct bg_auth_info *ret_info) {
  char line[LINE_SIZE], text[LINE_SIZE + 32];
  read_line(name, suffix, line);
  const char *base64 = strchr(line, ' ') + 1;
  (void)snprintf(text, sizeof text, "publickey %.*s\n",
                 (int)(strcspn(base64, " ") + (size_t)(base64 - line)), line);
  return bg_auth_info_parse(text, ret_info);
}

static enum bg_error parse_blob(const char *type, struct bg_bytes blob,
                                struct bg_auth_info *ret_info) {
  static char text[TEXT_SIZE];
  int len = snprintf(text, sizeof text, "publickey %s ", type);
  assert_non_null(sodium_bin2base64(text + len, sizeof text - (size_t)len - 1, blob.data, blob.len,
                                    sodium_base64_VARIANT_ORIGINAL));
  strcat(text, "\n");
  return bg_auth_info_parse(text, ret_info);
}

static void assert_holder(const char *name, const struct bg_auth_info *info) {
  char line[LINE_SIZE];
  struct bg_ssh_key key;
  read_line(name, ".pub", line);
  assert_int_equal(bg_ssh_key_from_line(bg_bytes_of(line), &key), BG_OK);
  assert_int_equal(info->holder.type, key.type);
  assert_memory_equal(info->holder.sha256, key.sha256, sizeof key.sha256);
  assert_memory_equal(info->holder.point, key.point, sizeof key.point);
  assert_string_equal(info->holder.application, key.application);
}

static void assert_token(const struct bg_auth_info *info) {
  assert_true(info->has_certificate && info->has_token);
  assert_int_equal(strlen(info->token), 600);
  assert_memory_equal(info->token, "bg1_xxx", 7);
}

static void every_kind_of_key_and_certificate(void **state) {
  (void)state;
  static const char *const names[] = {KEY_NAMES};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    struct bg_auth_info info;
    assert_int_equal(parse_file(names[i], ".pub", &info), BG_OK);
    assert_holder(names[i], &info);
    assert_false(info.has_certificate || info.has_token);
    assert_int_equal(parse_file(names[i], "-plain-cert.pub", &info), BG_OK);
    assert_holder(names[i], &info);
    assert_true(info.has_certificate);
    assert_false(info.has_token);
    assert_string_equal(info.token, "");
    assert_int_equal(parse_file(names[i], "-token-cert.pub", &info), BG_OK);
    assert_holder(names[i], &info);
    assert_token(&info);
  }
}

static void other_options_stand_beside_the_token(void **state) {
  (void)state;
  struct bg_auth_info info;
  assert_int_equal(parse_file("options", "-cert.pub", &info), BG_OK);
  assert_holder("ed25519", &info);
  assert_token(&info);
  assert_int_equal(parse_file("bare", "-cert.pub", &info), BG_OK);
  assert_true(info.has_certificate && !info.has_token);
}

static void a_token_too_long_is_cut_behind_the_limit(void **state) {
  (void)state;
  struct bg_auth_info info;
  assert_int_equal(parse_file("long", "-cert.pub", &info), BG_OK);
  assert_true(info.has_token);
  assert_int_equal(strlen(info.token), BG_TOKEN_TEXT_MAX + 1);
}

static void an_empty_token_is_a_token(void **state) {
  (void)state;
  struct bg_auth_info info;
  assert_int_equal(parse_file("empty", "-cert.pub", &info), BG_OK);
  assert_true(info.has_token);
  assert_string_equal(info.token, "");
}

static void other_certificates_are_refused(void **state) {
  (void)state;
  struct bg_auth_info info;
  assert_int_equal(parse_file("host", "-cert.pub", &info), BG_ERR_SYNTAX);
  assert_int_equal(parse_file("flag", "-cert.pub", &info), BG_ERR_SYNTAX);
  assert_int_equal(parse_file("critical", "-cert.pub", &info), BG_ERR_SYNTAX);
}

#define ED "AAAAC3NzaC1lZDI1NTE5AAAAIG6LVLM9/95I0I9bVERqQ7p43oBzZ7tRgv+h8J8nBeTJ"

static void exactly_one_line(void **state) {
  (void)state;
  static const char *const bad[] = {"\n",
                                    "publickey",
                                    "publickey ",
                                    "publickey \n",
                                    "publickey ssh-ed25519\n",
                                    "publickey ssh-ed25519 \n",
                                    "publickey ssh-ed25519 " ED,
                                    "publickey ssh-ed25519 " ED "\n\n",
                                    "publickey ssh-ed25519 " ED "\npublickey ssh-ed25519 " ED "\n",
                                    "publickey ssh-ed25519 " ED "\npassword\n",
                                    "password\n",
                                    "password\npublickey ssh-ed25519 " ED "\n",
                                    "\npublickey ssh-ed25519 " ED "\n",
                                    " publickey ssh-ed25519 " ED "\n",
                                    "publickey  ssh-ed25519 " ED "\n",
                                    "publickey ssh-ed25519  " ED "\n",
                                    "publickey ssh-ed25519 " ED " \n",
                                    "publickey ssh-ed25519 " ED " comment\n",
                                    "publickey ssh-ed25519 " ED "\r\n",
                                    "publickey ssh-ed25519\n" ED "\n",
                                    "PUBLICKEY ssh-ed25519 " ED "\n",
                                    "publickey\tssh-ed25519 " ED "\n",
                                    "publickey ssh-rsa " ED "\n",
                                    "publickey ssh-ed25519 " ED "=\n",
                                    "publickey " ED "\n",
                                    "hostbased ssh-ed25519 " ED "\n"};
  struct bg_auth_info info = {.has_token = true};
  assert_int_equal(bg_auth_info_parse("", &info), BG_ERR_NOT_FOUND);
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    if (bg_auth_info_parse(bad[i], &info) != BG_ERR_SYNTAX) {
      fail_msg("accepted: %s", bad[i]);
    }
  }
  assert_true(info.has_token); /* untouched */
  assert_int_equal(bg_auth_info_parse("publickey ssh-ed25519 " ED "\n", &info), BG_OK);
  assert_false(info.has_token);
}

static void the_largest_line(void **state) {
  (void)state;
  static char text[BG_AUTH_INFO_MAX + 2];
  struct bg_auth_info info;
  memset(text, 'A', sizeof text - 1);
  memcpy(text, "publickey ssh-ed25519 ", 22);
  text[BG_AUTH_INFO_MAX - 1] = '\n';
  text[BG_AUTH_INFO_MAX] = '\0';
  assert_int_equal(bg_auth_info_parse(text, &info), BG_ERR_SYNTAX);
  text[BG_AUTH_INFO_MAX - 1] = 'A';
  text[BG_AUTH_INFO_MAX] = '\n';
  assert_int_equal(bg_auth_info_parse(text, &info), BG_ERR_TOO_LARGE);
}

static void a_cut_or_extended_certificate(void **state) {
  (void)state;
  static const char *const names[] = {"ed25519", "sk-ecdsa", "rsa"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    char line[LINE_SIZE];
    uint8_t blob[LINE_SIZE];
    struct bg_auth_info info;
    read_line(names[i], "-token-cert.pub", line);
    size_t len = decode_line(line, blob);
    *strchr(line, ' ') = '\0';
    for (size_t cut = 0; cut < len; cut++) {
      assert_int_equal(parse_blob(line, bg_bytes(blob, cut), &info), BG_ERR_SYNTAX);
    }
    blob[len] = 0;
    assert_int_equal(parse_blob(line, bg_bytes(blob, len + 1), &info), BG_ERR_SYNTAX);
    assert_int_equal(parse_blob(line, bg_bytes(blob, len), &info), BG_OK);
  }
}

#define CERT "ssh-ed25519-cert-v01@openssh.com"

static void put_option(struct bg_buf *buf, const char *name, struct bg_bytes value) {
  uint8_t store[256];
  struct bg_buf data = BG_BUF(store);
  if (value.data != NULL) {
    bg_ssh_put_string(&data, value);
  }
  bg_ssh_put_string(buf, bg_bytes_of(name));
  bg_ssh_put_string(buf, bg_buf_view(&data));
}

/* A user certificate with these options, of a CA that sshd is taken to trust. */
static enum bg_error with_options(struct bg_bytes critical, struct bg_bytes extensions,
                                  struct bg_auth_info *ret_info) {
  static const uint8_t bytes[32] = {9};
  uint8_t store[2048];
  struct bg_buf buf = BG_BUF(store);
  bg_ssh_put_string(&buf, bg_bytes_of(CERT));
  bg_ssh_put_string(&buf, bg_bytes(bytes, 32));         /* nonce */
  bg_ssh_put_string(&buf, bg_bytes(bytes, 32));         /* key */
  bg_buf_put(&buf, "\0\0\0\0\0\0\0\x01\0\0\0\x01", 12); /* serial, user */
  bg_ssh_put_string(&buf, bg_bytes_of("id"));
  bg_ssh_put_string(&buf, bg_bytes(NULL, 0)); /* principals */
  bg_buf_put(&buf, "\0\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff", 16);
  bg_ssh_put_string(&buf, critical);
  bg_ssh_put_string(&buf, extensions);
  bg_ssh_put_string(&buf, bg_bytes(NULL, 0)); /* reserved */
  bg_ssh_put_string(&buf, bg_bytes_of("CA"));
  bg_ssh_put_string(&buf, bg_bytes_of("signature"));
  return parse_blob(CERT, bg_buf_view(&buf), ret_info);
}

static enum bg_error with_names(const char *const names[], bool are_critical) {
  uint8_t store[1024];
  struct bg_buf buf = BG_BUF(store);
  struct bg_auth_info info;
  for (; *names != NULL; names++) {
    put_option(&buf, *names, bg_bytes_of("x"));
  }
  struct bg_bytes none = bg_bytes(NULL, 0);
  return are_critical ? with_options(bg_buf_view(&buf), none, &info)
                      : with_options(none, bg_buf_view(&buf), &info);
}

static void options_are_sorted_and_unique(void **state) {
  (void)state;
  for (int are_critical = 0; are_critical < 2; are_critical++) {
    assert_int_equal(with_names((const char *[]){NULL}, are_critical), BG_OK);
    assert_int_equal(with_names((const char *[]){"", "a", "aa", "b", NULL}, are_critical), BG_OK);
    assert_int_equal(with_names((const char *[]){"b", "a", NULL}, are_critical), BG_ERR_SYNTAX);
    assert_int_equal(with_names((const char *[]){"aa", "a", NULL}, are_critical), BG_ERR_SYNTAX);
    assert_int_equal(with_names((const char *[]){"", "", NULL}, are_critical), BG_ERR_SYNTAX);
  }
  assert_int_equal(with_names((const char *[]){BG_TOKEN_EXTENSION, NULL}, false), BG_OK);
  assert_int_equal(with_names((const char *[]){BG_TOKEN_EXTENSION, NULL}, true), BG_ERR_SYNTAX);
  assert_int_equal(
      with_names((const char *[]){BG_TOKEN_EXTENSION, BG_TOKEN_EXTENSION, NULL}, false),
      BG_ERR_SYNTAX);
}

static void the_value_is_one_string(void **state) {
  (void)state;
  uint8_t store[256];
  struct bg_auth_info info = {0};
  struct bg_bytes none = bg_bytes(NULL, 0);
  struct bg_buf nul = BG_BUF(store);
  put_option(&nul, BG_TOKEN_EXTENSION, bg_bytes("a\0b", 3));
  assert_int_equal(with_options(none, bg_buf_view(&nul), &info), BG_ERR_SYNTAX);
  struct bg_buf trailing = BG_BUF(store);
  bg_ssh_put_string(&trailing, bg_bytes_of(BG_TOKEN_EXTENSION));
  bg_ssh_put_string(&trailing, bg_bytes("\0\0\0\x01xy", 6));
  assert_int_equal(with_options(none, bg_buf_view(&trailing), &info), BG_ERR_SYNTAX);
  struct bg_buf bare = BG_BUF(store);
  bg_ssh_put_string(&bare, bg_bytes_of(BG_TOKEN_EXTENSION));
  bg_ssh_put_string(&bare, bg_bytes_of("bg1_xxxx"));
  assert_int_equal(with_options(none, bg_buf_view(&bare), &info), BG_ERR_SYNTAX);
  struct bg_buf good = BG_BUF(store);
  put_option(&good, BG_TOKEN_EXTENSION, bg_bytes_of("bg1_xxxx"));
  assert_int_equal(with_options(none, bg_buf_view(&good), &info), BG_OK);
  assert_string_equal(info.token, "bg1_xxxx");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_kind_of_key_and_certificate),
      cmocka_unit_test(other_options_stand_beside_the_token),
      cmocka_unit_test(a_token_too_long_is_cut_behind_the_limit),
      cmocka_unit_test(an_empty_token_is_a_token),
      cmocka_unit_test(other_certificates_are_refused),
      cmocka_unit_test(exactly_one_line),
      cmocka_unit_test(the_largest_line),
      cmocka_unit_test(a_cut_or_extended_certificate),
      cmocka_unit_test(options_are_sorted_and_unique),
      cmocka_unit_test(the_value_is_one_string),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
