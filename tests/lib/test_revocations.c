/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "test_revocations.h"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/file.h"
#include "breakglass/host_clock.h"
#include "test_check.h"
#include "test_paths.h"

struct storage {
  uint8_t header[32];
  uint8_t value[64];
};

struct bg_revocations_content test_revocations(void) {
  return (struct bg_revocations_content){
      .issuer = "breakglass.example", .number = 1, .issued_at = bg_clock_now()};
}

static struct bg_signature sign(enum test_person person, struct bg_bytes payload, bool is_key,
                                struct storage *storage) {
  static uint8_t bytes[BG_REVOCATIONS_MAX + 64];
  struct bg_buf message = BG_BUF(bytes);
  struct bg_buf protected = BG_BUF(storage->header);
  struct bg_ssh_key key;
  uint8_t secret[64];
  test_key_of(person, &key, secret);
  CHECK(bg_token_protected(&key, &protected) == BG_OK);
  if (is_key) {
    bg_revoke_key_to_be_signed(bg_buf_view(&protected), payload.data, &message);
  } else {
    bg_revocations_to_be_signed(bg_buf_view(&protected), payload, &message);
  }
  CHECK(!message.failed);
  CHECK(crypto_sign_detached(storage->value, NULL, message.data, message.len, secret) == 0);
  struct bg_signature signature = {.protected = bg_buf_view(&protected),
                                   .value = bg_bytes(storage->value, sizeof storage->value),
                                   .type = BG_SSH_ED25519};
  memcpy(signature.kid, key.sha256, BG_KID_SIZE);
  return signature;
}

struct bg_signature test_revoke_key(enum test_person by, enum test_person whose) {
  static struct storage storages[8];
  static size_t next;
  struct bg_ssh_key key;
  uint8_t secret[64];
  test_key_of(whose, &key, secret);
  return sign(by, bg_bytes(key.sha256, sizeof key.sha256), true, &storages[next++ % 8]);
}

struct bg_revoked_key test_revoked_key(enum test_person whose, enum test_person first,
                                       enum test_person second) {
  struct bg_ssh_key key;
  uint8_t secret[64];
  struct bg_revoked_key revoked = {
      .signatures = {test_revoke_key(first, whose), test_revoke_key(second, whose)}};
  test_key_of(whose, &key, secret);
  memcpy(revoked.sha256, key.sha256, sizeof revoked.sha256);
  return revoked;
}

struct bg_bytes test_sign_payload(struct bg_bytes payload, const enum test_person *people,
                                  size_t count) {
  static uint8_t bytes[BG_REVOCATIONS_MAX + 1024];
  struct storage storages[BG_SIGNATURES_MAX];
  struct bg_signature signatures[BG_SIGNATURES_MAX];
  struct bg_buf buf = BG_BUF(bytes);
  for (size_t i = 0; i < count; i++) {
    signatures[i] = sign(people[i], payload, false, &storages[i]);
  }
  CHECK(bg_revocations_wrap(payload, signatures, count, &buf) == BG_OK);
  return bg_buf_view(&buf);
}

struct bg_bytes test_revocation_list(const struct bg_revocations_content *content) {
  static const enum test_person issuer[] = {TEST_ISSUER};
  static uint8_t bytes[BG_REVOCATIONS_MAX];
  struct bg_buf payload = BG_BUF(bytes);
  CHECK(sodium_init() >= 0);
  CHECK(bg_revocations_encode(content, &payload) == BG_OK);
  return test_sign_payload(bg_buf_view(&payload), issuer, 1);
}

void test_write_revoked(struct bg_bytes list) {
  (void)unlink(bg_paths()->revoked);
  CHECK(bg_file_create(bg_paths()->revoked, list) == BG_OK);
}
