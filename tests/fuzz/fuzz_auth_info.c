/* SPDX-License-Identifier: BSD-2-Clause */
/* SSH_AUTH_INFO_0, certificates included. An input that does not begin like one
 * is taken as the blob of a key, so that base64 stands in no fuzzer's way. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/auth_info.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse(const char *text) {
  struct bg_auth_info info = {0};
  if (bg_auth_info_parse(text, &info) != BG_OK) {
    return;
  }
  static const uint8_t no_hash[BG_SHA256_SIZE];
  if (memcmp(info.holder.sha256, no_hash, sizeof no_hash) == 0 ||
      (info.has_token && !info.has_certificate) || strlen(info.token) > BG_TOKEN_TEXT_MAX + 1) {
    abort();
  }
}

/* The line that sshd would write for this blob. */
static void parse_blob(struct bg_bytes blob) {
  static char text[BG_AUTH_INFO_MAX + 2];
  struct bg_buf buf = BG_BUF(text);
  struct bg_ssh_wire wire = bg_ssh_wire(blob);
  struct bg_bytes type = {0};
  if (bg_ssh_wire_string(&wire, &type) != BG_OK || blob.len > BG_AUTH_INFO_MAX / 2) {
    return;
  }
  bg_buf_put_text(&buf, "publickey ");
  bg_buf_put(&buf, type.data, type.len);
  bg_buf_put_byte(&buf, ' ');
  if (!buf.failed &&
      sodium_base64_ENCODED_LEN(blob.len, sodium_base64_VARIANT_ORIGINAL) + 1 < buf.cap - buf.len) {
    (void)sodium_bin2base64(text + buf.len, buf.cap - buf.len, blob.data, blob.len,
                            sodium_base64_VARIANT_ORIGINAL);
    strcat(text + buf.len, "\n");
    parse(text);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0 || data[0] == 'p') {
    char *text = malloc(size + 1);
    if (text == NULL) {
      return 0;
    }
    memcpy(text, data, size);
    text[size] = '\0';
    parse(text);
    free(text);
    return 0;
  }
  parse_blob(bg_bytes(data, size));
  return 0;
}
