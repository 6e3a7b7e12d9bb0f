/* SPDX-License-Identifier: BSD-2-Clause */
#include "breakglass/ssh_key.h"

struct bg_ssh_wire bg_ssh_wire(struct bg_bytes bytes) {
  return (struct bg_ssh_wire){.at = bytes.data,
                              .end = bytes.len > 0 ? bytes.data + bytes.len : bytes.data};
}

bool bg_ssh_wire_at_end(const struct bg_ssh_wire *wire) {
  return wire->at == wire->end;
}

/* A big-endian number of len bytes; the cursor moves only on success. */
static enum bg_error read_number(struct bg_ssh_wire *wire, size_t len, uint64_t *ret_value) {
  if ((size_t)(wire->end - wire->at) < len) {
    return BG_ERR_SYNTAX;
  }
  uint64_t value = 0;
  for (size_t i = 0; i < len; i++) {
    value = value << 8 | wire->at[i];
  }
  wire->at += len;
  *ret_value = value;
  return BG_OK;
}

enum bg_error bg_ssh_wire_u32(struct bg_ssh_wire *wire, uint32_t *ret_value) {
  uint64_t value = 0;
  enum bg_error err = read_number(wire, 4, &value);
  if (err == BG_OK) {
    *ret_value = (uint32_t)value;
  }
  return err;
}

enum bg_error bg_ssh_wire_u64(struct bg_ssh_wire *wire, uint64_t *ret_value) {
  return read_number(wire, 8, ret_value);
}

enum bg_error bg_ssh_wire_string(struct bg_ssh_wire *wire, struct bg_bytes *ret_bytes) {
  struct bg_ssh_wire copy = *wire;
  uint32_t len = 0;
  if (bg_ssh_wire_u32(&copy, &len) != BG_OK || (size_t)(copy.end - copy.at) < len) {
    return BG_ERR_SYNTAX;
  }
  *ret_bytes = bg_bytes(copy.at, len);
  copy.at += len;
  *wire = copy;
  return BG_OK;
}

void bg_ssh_put_u32(struct bg_buf *buf, uint32_t value) {
  uint8_t bytes[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                      (uint8_t)value};
  bg_buf_put(buf, bytes, sizeof bytes);
}

void bg_ssh_put_string(struct bg_buf *buf, struct bg_bytes bytes) {
  if (bytes.len > UINT32_MAX) {
    buf->failed = true;
    return;
  }
  bg_ssh_put_u32(buf, (uint32_t)bytes.len);
  bg_buf_put(buf, bytes.data, bytes.len);
}
