/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "breakglass/call_json.h"

#include "breakglass/text.h"

#define SIGNATURE_TEXT_SIZE (BG_SSHSIG_MAX / 3 * 4 + 8)

static json_t *json_of(struct bg_bytes text) {
  return text.len > 0 ? json_stringn((const char *)text.data, text.len) : json_string("");
}

json_t *bg_call_to_json(const struct bg_call *call, struct bg_bytes blob) {
  char nonce[2 * BG_CALL_NONCE_SIZE + 1];
  char text[SIGNATURE_TEXT_SIZE] = "";
  struct bg_buf signature = BG_BUF(text);
  bg_hex(bg_bytes(call->nonce, sizeof call->nonce), nonce);
  bg_put_base64(&signature, blob, BG_BASE64);
  if (signature.failed) {
    return NULL;
  }
  return json_pack("{s:o*, s:o*, s:o*, s:o*, s:I, s:s, s:s}", "method", json_of(call->method),
                   "target", json_of(call->target), "body", json_of(call->body), "idempotency_key",
                   json_of(call->idempotency_key), "time", (json_int_t)call->time, "nonce", nonce,
                   "signature", text);
}

enum bg_error bg_call_from_json(const json_t *value, struct bg_call *ret_call,
                                struct bg_buf *ret_blob) {
  const char *method = NULL;
  const char *target = NULL;
  const char *key = NULL;
  const char *nonce = NULL;
  const char *signature = NULL;
  const char *body = NULL;
  size_t body_len = 0;
  json_int_t time = 0;
  if (json_unpack((json_t *)(uintptr_t)value, "{s:s, s:s, s:s%, s:s, s:I, s:s, s:s}", "method",
                  &method, "target", &target, "body", &body, &body_len, "idempotency_key", &key,
                  "time", &time, "nonce", &nonce, "signature", &signature) != 0 ||
      time < 0 || time > BG_TIME_MAX) {
    return BG_ERR_SYNTAX;
  }
  struct bg_call call = {.method = bg_bytes_of(method),
                         .target = bg_bytes_of(target),
                         .body = bg_bytes(body, body_len),
                         .idempotency_key = bg_bytes_of(key),
                         .time = time};
  if (bg_parse_hex(bg_bytes_of(nonce), sizeof call.nonce, call.nonce) != BG_OK ||
      bg_parse_base64(bg_bytes_of(signature), BG_BASE64, ret_blob) != BG_OK) {
    return BG_ERR_SYNTAX;
  }
  *ret_call = call;
  return BG_OK;
}
