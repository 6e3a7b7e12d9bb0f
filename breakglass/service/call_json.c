/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "breakglass/call_json.h"

#include "breakglass/text.h"

void bg_call_put_json(struct bg_json *json, const char *key, const struct bg_call *call,
                      struct bg_bytes blob) {
  bg_json_object(json, key);
  bg_json_bytes(json, "method", call->method);
  bg_json_bytes(json, "target", call->target);
  bg_json_bytes(json, "body", call->body);
  bg_json_bytes(json, "idempotency_key", call->idempotency_key);
  bg_json_int(json, "time", call->time);
  bg_json_hex(json, "nonce", bg_bytes(call->nonce, sizeof call->nonce));
  bg_json_base64(json, "signature", blob, BG_BASE64);
  bg_json_end_object(json);
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
