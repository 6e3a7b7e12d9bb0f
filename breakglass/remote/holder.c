/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "holder.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static void put_blob(const uint8_t point[static 32], struct bg_buf *blob) {
  struct bg_ssh_key key = {.type = BG_SSH_ED25519};
  memcpy(key.point, point, sizeof key.point);
  bg_ssh_key_put_blob(&key, blob);
}

enum bg_error holder_make(struct holder *ret_holder) {
  uint8_t point[crypto_sign_PUBLICKEYBYTES];
  uint8_t storage[64];
  struct bg_buf blob = BG_BUF(storage);
  struct holder holder = {.secret = sodium_malloc(crypto_sign_SECRETKEYBYTES)};
  if (holder.secret == NULL) {
    return BG_ERR_NOMEM;
  }
  (void)crypto_sign_keypair(point, holder.secret);
  put_blob(point, &blob);
  enum bg_error err = bg_ssh_key_from_blob(bg_buf_view(&blob), &holder.public);
  if (err != BG_OK) {
    holder_free(&holder);
    return err;
  }
  *ret_holder = holder;
  return BG_OK;
}

void holder_free(struct holder *holder) {
  sodium_free(holder->secret);
  *holder = (struct holder){0};
}

void holder_line(const struct holder *holder, char ret_line[static HOLDER_LINE_SIZE]) {
  uint8_t storage[64];
  char base64[sodium_base64_ENCODED_LEN(sizeof storage, sodium_base64_VARIANT_ORIGINAL)];
  struct bg_buf blob = BG_BUF(storage);
  put_blob(holder->public.point, &blob);
  struct bg_bytes bytes = bg_buf_view(&blob);
  (void)sodium_bin2base64(base64, sizeof base64, bytes.data, bytes.len,
                          sodium_base64_VARIANT_ORIGINAL);
  (void)snprintf(ret_line, HOLDER_LINE_SIZE, "ssh-ed25519 %s", base64);
}
