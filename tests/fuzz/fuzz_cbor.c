/* SPDX-License-Identifier: BSD-2-Clause */
/* What the strict reader accepts, libcbor reads as the same value. */
#include "../unit/core/same_cbor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct bg_bytes bytes = bg_bytes(data, size);
  if (bg_cbor_check(bytes) == BG_OK && !same_as_libcbor(bytes)) {
    abort();
  }
  return 0;
}
