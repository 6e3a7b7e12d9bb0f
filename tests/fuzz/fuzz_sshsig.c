/* SPDX-License-Identifier: BSD-2-Clause */
/* A blob that is read is written again as it was, and is nobody's signature of something else. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/sshsig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition) {
  if (!condition) {
    abort();
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  uint8_t bytes[BG_SSHSIG_MAX];
  struct bg_buf buf = BG_BUF(bytes);
  struct bg_sshsig sig;
  if (sodium_init() < 0) {
    return 0;
  }
  enum bg_error err = bg_sshsig_parse(bg_bytes(data, size), &sig);
  if (err != BG_OK) {
    require(err == BG_ERR_SYNTAX || err == BG_ERR_KEY || err == BG_ERR_UNSUPPORTED);
    return 0;
  }
  require(sig.key.type != BG_SSH_OTHER && size <= BG_SSHSIG_MAX);
  bg_sshsig_put(&sig, &buf);
  require(!buf.failed && buf.len == size && memcmp(buf.data, data, size) == 0);
  require(bg_sshsig_verify(&sig, "never-signed", bg_bytes(data, size)) == BG_REFUSED_BAD_SIGNATURE);
  return 0;
}
