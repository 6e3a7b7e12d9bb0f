/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "breakglass/mint.h"

#define HASH "sha512" /* what ssh-keygen takes by default */
#define TO_BE_SIGNED_MAX 512
#define SIGNATURE_SIZE 64

enum bg_error bg_signing_key_sshsig(struct bg_signing_key *key, const char *namespace,
                                    struct bg_bytes message, struct bg_buf *buf) {
  uint8_t bytes[TO_BE_SIGNED_MAX];
  uint8_t value[BG_SIGNATURE_MAX] = {0};
  struct bg_buf to_be_signed = BG_BUF(bytes);
  struct bg_sshsig sig = {.key = *bg_signing_key_public(key),
                          .namespace = bg_bytes_of(namespace),
                          .hash_name = bg_bytes_of(HASH)};
  size_t len = 0;
  enum bg_error err = bg_sshsig_to_be_signed(sig.namespace, sig.hash_name, message, &to_be_signed);
  if (err == BG_OK) {
    err = bg_signing_key_sign(key, bg_buf_view(&to_be_signed), value, &len);
  }
  if (err != BG_OK) {
    return err;
  }
  memcpy(sig.signature, value, SIGNATURE_SIZE);
  struct bg_ssh_wire rest = bg_ssh_wire(bg_bytes(value + SIGNATURE_SIZE + 1, 4));
  sig.flags = value[SIGNATURE_SIZE];
  (void)!bg_ssh_wire_u32(&rest, &sig.counter);
  bg_sshsig_put(&sig, buf);
  return buf->failed ? BG_ERR_TOO_LARGE : BG_OK;
}
