/* SPDX-License-Identifier: BSD-2-Clause */
#include "breakglass/mint.h"

#include <stdlib.h>
#include <string.h>

#define PROTECTED_SIZE 32
#define OVERHEAD 64 /* of what is signed, beyond its payload */

/* Storage for a list that is being made. */
struct drawing {
  uint8_t payload[BG_REVOCATIONS_MAX];
  uint8_t message[BG_REVOCATIONS_MAX + OVERHEAD];
};

static enum bg_error sign(struct bg_signing_key *key, const struct bg_revocations_content *content,
                          struct drawing *drawing, struct bg_buf *buf) {
  const struct bg_ssh_key *public = bg_signing_key_public(key);
  uint8_t header[PROTECTED_SIZE];
  uint8_t value[BG_SIGNATURE_MAX];
  size_t len = 0;
  struct bg_buf payload = BG_BUF(drawing->payload);
  struct bg_buf message = BG_BUF(drawing->message);
  struct bg_buf protected = BG_BUF(header);
  enum bg_error err = bg_revocations_encode(content, &payload);
  if (err == BG_OK) {
    err = bg_token_protected(public, &protected);
  }
  if (err != BG_OK) {
    return err;
  }
  bg_revocations_to_be_signed(bg_buf_view(&protected), bg_buf_view(&payload), &message);
  err = bg_signing_key_sign(key, bg_buf_view(&message), value, &len);
  if (err != BG_OK) {
    return err;
  }
  struct bg_signature signature = {
      .protected = bg_buf_view(&protected), .value = bg_bytes(value, len), .type = public->type};
  memcpy(signature.kid, public->sha256, sizeof signature.kid);
  return bg_revocations_wrap(bg_buf_view(&payload), &signature, 1, buf);
}

enum bg_error bg_sign_revocations(struct bg_signing_key *key,
                                  const struct bg_revocations_content *content,
                                  struct bg_buf *buf) {
  struct drawing *drawing = malloc(sizeof *drawing);
  if (drawing == NULL) {
    return BG_ERR_NOMEM;
  }
  enum bg_error err = sign(key, content, drawing, buf);
  free(drawing);
  return err;
}

enum bg_error bg_sign_revoked_key(struct bg_signing_key *key,
                                  const uint8_t sha256[static BG_SHA256_SIZE],
                                  uint8_t ret_value[static BG_SIGNATURE_MAX], size_t *ret_len) {
  uint8_t header[PROTECTED_SIZE];
  uint8_t storage[BG_REVOKE_KEY_SIGNED_MAX];
  struct bg_buf protected = BG_BUF(header);
  struct bg_buf message = BG_BUF(storage);
  enum bg_error err = bg_token_protected(bg_signing_key_public(key), &protected);
  if (err != BG_OK) {
    return err;
  }
  bg_revoke_key_to_be_signed(bg_buf_view(&protected), sha256, &message);
  return message.failed ? BG_ERR_TOO_LARGE
                        : bg_signing_key_sign(key, bg_buf_view(&message), ret_value, ret_len);
}
