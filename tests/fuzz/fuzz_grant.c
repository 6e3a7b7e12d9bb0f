/* SPDX-License-Identifier: BSD-2-Clause */
/* What is read as a grant is written as the same bytes again. */
#include <stdlib.h>
#include <string.h>

#include "breakglass/grant.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct bg_grant grant;
  if (bg_grant_decode(bg_bytes(data, size), &grant) != BG_OK) {
    return 0;
  }
  uint8_t bytes[BG_GRANT_MAX];
  struct bg_buf buf = BG_BUF(bytes);
  if (bg_grant_encode(&grant, &buf) != BG_OK ||
      !bg_bytes_equal(bg_buf_view(&buf), bg_bytes(data, size))) {
    abort();
  }
  return 0;
}
