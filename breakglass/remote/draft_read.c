/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <sodium.h>
#include <string.h>

#include "draft.h"

/* One array's worth of bytes from base64, all of the text. */
static bool decode(const char *text, int variant, size_t cap, uint8_t *storage,
                   struct bg_bytes *ret_bytes) {
  size_t len = 0;
  if (sodium_base642bin(storage, cap, text, strlen(text), NULL, &len, NULL, variant) != 0) {
    return false;
  }
  *ret_bytes = bg_bytes(storage, len);
  return true;
}

static bool read_draft(json_t *root, struct draft *draft) {
  const char *payload = NULL;
  const char *method = NULL;
  const char *target = NULL;
  const char *key = NULL;
  const char *nonce = NULL;
  const char *signature = NULL;
  const char *body = NULL;
  size_t body_len = 0;
  json_int_t time = 0;
  json_int_t wait = 0;
  if (json_unpack(root, "{s:s, s:I, s:{s:s, s:s, s:s%, s:s, s:I, s:s, s:s}}", "payload", &payload,
                  "wait", &wait, "call", "method", &method, "target", &target, "body", &body,
                  &body_len, "idempotency_key", &key, "time", &time, "nonce", &nonce, "signature",
                  &signature) != 0) {
    return false;
  }
  draft->call = (struct bg_call){.method = bg_bytes_of(method),
                                 .target = bg_bytes_of(target),
                                 .body = bg_bytes(body, body_len),
                                 .idempotency_key = bg_bytes_of(key),
                                 .time = time};
  draft->wait = wait;
  return time >= 0 && time <= BG_TIME_MAX && wait >= 0 &&
         decode(payload, sodium_base64_VARIANT_URLSAFE_NO_PADDING, sizeof draft->payload_storage,
                draft->payload_storage, &draft->payload) &&
         decode(signature, sodium_base64_VARIANT_ORIGINAL, sizeof draft->blob_storage,
                draft->blob_storage, &draft->blob) &&
         bg_parse_hex(bg_bytes_of(nonce), sizeof draft->call.nonce, draft->call.nonce) == BG_OK;
}

enum bg_error draft_read(json_t *root, struct draft *ret_draft) {
  memset(ret_draft, 0, sizeof *ret_draft);
  ret_draft->root = root;
  if (!read_draft(root, ret_draft)) {
    draft_free(ret_draft);
    return BG_ERR_SYNTAX;
  }
  return BG_OK;
}

void draft_free(struct draft *draft) {
  json_decref(draft->root);
  draft->root = NULL;
}
