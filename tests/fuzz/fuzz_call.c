/* SPDX-License-Identifier: BSD-2-Clause */
/* A header that is read is written again as it was; no header is good for a call of its own. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/call.h"
#include "breakglass/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition) {
  if (!condition) {
    abort();
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  uint8_t blob_bytes[BG_SSHSIG_MAX];
  uint8_t bytes[BG_CALL_HEADER_MAX];
  struct bg_buf blob = BG_BUF(blob_bytes);
  struct bg_buf header = BG_BUF(bytes);
  struct bg_call call = {.target = bg_bytes(data, size), .body = bg_bytes(data, size)};
  struct bg_ssh_key key;
  if (sodium_init() < 0) {
    return 0;
  }
  enum bg_error err = bg_call_parse_header(bg_bytes(data, size), &call, &blob);
  if (err != BG_OK) {
    require(err == BG_ERR_SYNTAX || err == BG_ERR_NOT_FOUND);
    require(call.time == 0 && blob.len == 0);
    return 0;
  }
  require(call.time >= 0 && call.time <= BG_TIME_MAX && blob.len > 0);
  bg_call_put_header(&call, bg_buf_view(&blob), &header);
  require(!header.failed && header.len == size && memcmp(header.data, data, size) == 0);
  require(bg_call_verify(&call, BG_NAMESPACE_READ, bg_buf_view(&blob), &key) != BG_OK);
  return 0;
}
