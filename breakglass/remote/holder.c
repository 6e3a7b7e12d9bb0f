/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "holder.h"

#include <sodium.h>

enum bg_error holder_make(struct holder *ret_holder) {
  uint8_t storage[64];
  struct bg_buf blob = BG_BUF(storage);
  struct bg_ssh_key key = {.type = BG_SSH_ED25519};
  struct holder holder = {.secret = sodium_malloc(crypto_sign_SECRETKEYBYTES)};
  if (holder.secret == NULL) {
    return BG_ERR_NOMEM;
  }
  (void)crypto_sign_keypair(key.point, holder.secret);
  bg_ssh_key_put_blob(&key, &blob);
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
