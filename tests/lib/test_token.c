/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "test_token.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/host_clock.h"
#include "test_check.h"
#include "test_paths.h"

void test_key_of(enum test_person person, struct bg_ssh_key *ret_public, uint8_t ret_secret[64]) {
  uint8_t seed[crypto_sign_SEEDBYTES] = {(uint8_t)person};
  uint8_t point[32];
  uint8_t storage[128];
  struct bg_buf blob = BG_BUF(storage);
  CHECK(sodium_init() >= 0);
  CHECK(crypto_sign_seed_keypair(point, ret_secret, seed) == 0);
  bg_ssh_put_string(&blob, bg_bytes_of("ssh-ed25519"));
  bg_ssh_put_string(&blob, bg_bytes(point, sizeof point));
  CHECK(bg_ssh_key_from_blob(bg_buf_view(&blob), ret_public) == BG_OK);
}

static void base64_of(struct bg_bytes bytes, size_t size, char *ret_text) {
  CHECK(sodium_bin2base64(ret_text, size, bytes.data, bytes.len, sodium_base64_VARIANT_ORIGINAL) !=
        NULL);
}

const char *test_key_line(enum test_person person) {
  static char line[256];
  struct bg_ssh_key key;
  uint8_t secret[64];
  uint8_t storage[128];
  char base64[200];
  struct bg_buf blob = BG_BUF(storage);
  test_key_of(person, &key, secret);
  bg_ssh_key_put_blob(&key, &blob);
  base64_of(bg_buf_view(&blob), sizeof base64, base64);
  (void)snprintf(line, sizeof line, "ssh-ed25519 %s", base64);
  return line;
}

const char *test_auth_info(enum test_person person) {
  static char info[300];
  (void)snprintf(info, sizeof info, "publickey %s\n", test_key_line(person));
  return info;
}

static void put_u64(struct bg_buf *buf, uint64_t value) {
  bg_ssh_put_u32(buf, (uint32_t)(value >> 32));
  bg_ssh_put_u32(buf, (uint32_t)value);
}

static void put_text(struct bg_buf *buf, const char *text) {
  bg_ssh_put_string(buf, bg_bytes_of(text));
}

static void put_extension(struct bg_buf *buf, const char *name, const char *value) {
  uint8_t storage[2048];
  struct bg_buf data = BG_BUF(storage);
  put_text(buf, name);
  put_text(&data, value);
  bg_ssh_put_string(buf, value[0] != '\0' ? bg_buf_view(&data) : bg_bytes(NULL, 0));
}

/* PROTOCOL.certkeys; signed by nobody, since sshd has verified what it hands on. */
static void put_certificate(struct bg_buf *buf, const struct bg_ssh_key *key, const char *token) {
  static const uint8_t no_signature[64];
  uint8_t storage[4096];
  struct bg_buf inner = BG_BUF(storage);
  put_text(buf, "ssh-ed25519-cert-v01@openssh.com");
  put_text(buf, "0123456789abcdef0123456789abcdef");
  bg_ssh_put_string(buf, bg_bytes(key->point, sizeof key->point));
  put_u64(buf, 1);
  bg_ssh_put_u32(buf, 1);
  put_text(buf, "alice");
  put_text(&inner, TEST_LOGIN);
  bg_ssh_put_string(buf, bg_buf_view(&inner));
  put_u64(buf, 0);
  put_u64(buf, UINT64_MAX);
  put_text(buf, "");
  inner = BG_BUF(storage);
  put_extension(&inner, "permit-pty", "");
  if (token != NULL) {
    put_extension(&inner, BG_TOKEN_EXTENSION, token);
  }
  bg_ssh_put_string(buf, bg_buf_view(&inner));
  put_text(buf, "");
  inner = BG_BUF(storage);
  bg_ssh_key_put_blob(key, &inner);
  bg_ssh_put_string(buf, bg_buf_view(&inner));
  inner = BG_BUF(storage);
  put_text(&inner, "ssh-ed25519");
  bg_ssh_put_string(&inner, bg_bytes(no_signature, sizeof no_signature));
  bg_ssh_put_string(buf, bg_buf_view(&inner));
}

const char *test_auth_info_certificate(enum test_person person, const char *token) {
  static char info[8192];
  static char base64[6000];
  uint8_t storage[4096];
  uint8_t secret[64];
  struct bg_ssh_key key;
  struct bg_buf blob = BG_BUF(storage);
  test_key_of(person, &key, secret);
  put_certificate(&blob, &key, token);
  CHECK(!blob.failed);
  base64_of(bg_buf_view(&blob), sizeof base64, base64);
  (void)snprintf(info, sizeof info, "publickey ssh-ed25519-cert-v01@openssh.com %s\n", base64);
  return info;
}

void test_host_write(const char *more_conf) {
  static const struct {
    const char *principal;
    const char *role;
    enum test_person person;
  } people[] = {
      {"breakglass.example", "issuer", TEST_ISSUER}, {"bob@example.com", "approver", TEST_BOB},
      {"carol@example.com", "approver", TEST_CAROL}, {"dave@example.com", "approver", TEST_DAVE},
      {"alice@example.com", "approver", TEST_ALICE},
  };
  char text[4096];
  struct bg_buf buf = BG_BUF(text);
  bg_buf_printf(&buf,
                "[host]\nid = " TEST_HOST "\n"
                "[token]\nsignatures = issuer:1+approver:1 | approver:3\n%s",
                more_conf);
  bg_buf_put_byte(&buf, '\0');
  CHECK(!buf.failed);
  test_root_write("/etc/breakglass/gate.conf", text);
  buf = BG_BUF(text);
  for (size_t i = 0; i < sizeof people / sizeof people[0]; i++) {
    bg_buf_printf(&buf, "%s namespaces=\"breakglass-%s\" %s\n", people[i].principal, people[i].role,
                  test_key_line(people[i].person));
  }
  bg_buf_put_byte(&buf, '\0');
  CHECK(!buf.failed);
  test_root_write("/etc/breakglass/trusted_signers", text);
}

struct bg_claims test_console_claims(void) {
  int64_t now = bg_clock_now();
  struct bg_claims claims = {
      .issuer = "breakglass.example",
      .subject = "alice@example.com",
      .audiences = {"host:" TEST_HOST},
      .audience_count = 1,
      .not_before = now,
      .issued_at = now,
      .expires = now + 600,
      .login = TEST_LOGIN,
      .longest = 1800,
      .reason = "INC-4211 disk full",
  };
  CHECK(sodium_init() >= 0);
  randombytes_buf(claims.id, sizeof claims.id);
  return claims;
}

struct bg_claims test_claims(void) {
  struct bg_claims claims = test_console_claims();
  struct bg_ssh_key key;
  uint8_t secret[64];
  test_key_of(TEST_ALICE, &key, secret);
  claims.has_holder = true;
  memcpy(claims.holder, key.sha256, sizeof claims.holder);
  return claims;
}

static void sign_by(enum test_person person, struct bg_bytes payload, struct bg_buf *protected,
                    uint8_t ret_value[64], struct bg_signature *ret_signature) {
  struct bg_ssh_key key;
  uint8_t secret[64];
  uint8_t storage[2048];
  struct bg_buf message = BG_BUF(storage);
  test_key_of(person, &key, secret);
  CHECK(bg_token_protected(&key, protected) == BG_OK);
  bg_token_to_be_signed(bg_buf_view(protected), payload, &message);
  CHECK(!message.failed);
  CHECK(crypto_sign_detached(ret_value, NULL, message.data, message.len, secret) == 0);
  *ret_signature = (struct bg_signature){.protected = bg_buf_view(protected),
                                         .value = bg_bytes(ret_value, 64),
                                         .type = BG_SSH_ED25519};
  memcpy(ret_signature->kid, key.sha256, BG_KID_SIZE);
}

void test_sign(const struct bg_claims *claims, const enum test_person *people, size_t count,
               char *ret_text) {
  uint8_t storage[1024];
  uint8_t headers[BG_SIGNATURES_MAX][32];
  uint8_t values[BG_SIGNATURES_MAX][64];
  struct bg_signature signatures[BG_SIGNATURES_MAX];
  struct bg_buf payload = BG_BUF(storage);
  CHECK(count <= BG_SIGNATURES_MAX);
  CHECK(bg_claims_encode(claims, &payload) == BG_OK);
  for (size_t i = 0; i < count; i++) {
    struct bg_buf protected = BG_BUF(headers[i]);
    sign_by(people[i], bg_buf_view(&payload), &protected, values[i], &signatures[i]);
  }
  CHECK(bg_token_encode(bg_buf_view(&payload), signatures, count, ret_text) == BG_OK);
}

void test_mint(const struct bg_claims *claims, char *ret_text) {
  static const enum test_person people[] = {TEST_ISSUER, TEST_BOB};
  test_sign(claims, people, 2, ret_text);
}
