/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <string.h>

#include "breakglass/call_json.h"
#include "draft.h"

static bool read_draft(json_t *root, struct draft *draft) {
  struct bg_buf payload = BG_BUF(draft->payload_storage);
  struct bg_buf blob = BG_BUF(draft->blob_storage);
  const char *text = NULL;
  json_int_t wait = 0;
  if (json_unpack(root, "{s:s, s:I}", "payload", &text, "wait", &wait) != 0 || wait < 0 ||
      bg_parse_base64(bg_bytes_of(text), BG_BASE64URL, &payload) != BG_OK ||
      bg_call_from_json(json_object_get(root, "call"), &draft->call, &blob) != BG_OK) {
    return false;
  }
  draft->payload = bg_buf_view(&payload);
  draft->blob = bg_buf_view(&blob);
  draft->wait = wait;
  return true;
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
