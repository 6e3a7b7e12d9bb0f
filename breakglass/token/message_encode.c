/* SPDX-License-Identifier: BSD-2-Clause */
#include "breakglass/cbor.h"
#include "breakglass/text.h"
#include "cose.h"
#include "wire.h"

void cose_put_message(struct bg_bytes payload, const struct bg_signature *signatures, size_t count,
                      struct bg_buf *buf) {
  bg_cbor_put_tag(buf, COSE_SIGN_TAG);
  bg_cbor_put_array(buf, COSE_SIGN_PARTS);
  bg_cbor_put_bytes(buf, bg_bytes(NULL, 0));
  bg_cbor_put_map(buf, 0);
  bg_cbor_put_bytes(buf, payload);
  bg_cbor_put_array(buf, count);
  for (size_t i = 0; i < count; i++) {
    bg_cbor_put_array(buf, COSE_SIGNATURE_PARTS);
    bg_cbor_put_bytes(buf, signatures[i].protected);
    bg_cbor_put_map(buf, 0);
    bg_cbor_put_bytes(buf, signatures[i].value);
  }
}

enum bg_error bg_token_encode(struct bg_bytes payload, const struct bg_signature *signatures,
                              size_t count, char *ret_text) {
  uint8_t bytes[BG_TOKEN_BYTES_MAX];
  struct bg_buf buf = BG_BUF(bytes);
  cose_put_message(payload, signatures, count, &buf);
  if (buf.failed) {
    return BG_ERR_TOO_LARGE;
  }
  struct bg_buf text = {.data = (uint8_t *)ret_text, .cap = BG_TOKEN_TEXT_MAX + 1};
  bg_buf_put_text(&text, BG_TOKEN_PREFIX);
  bg_put_base64(&text, bg_buf_view(&buf), BG_BASE64URL);
  return text.failed ? BG_ERR_TOO_LARGE : BG_OK;
}
