/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/file.h"
#include "breakglass/ssh_key.h"
#include "fields.h"

enum bg_error bg_ssh_key_from_line(struct bg_bytes line, struct bg_ssh_key *ret_key) {
  uint8_t blob[BG_SSH_KEY_MAX];
  size_t len = 0;
  struct bg_bytes name = {0};
  const uint8_t *start = line.data;
  struct bg_bytes type = bg_take_field(&line);
  struct bg_bytes base64 = bg_take_field(&line);
  if (type.data != start || base64.len == 0 ||
      sodium_base642bin(blob, sizeof blob, (const char *)base64.data, base64.len, NULL, &len, NULL,
                        sodium_base64_VARIANT_ORIGINAL) != 0) {
    return BG_ERR_SYNTAX;
  }
  struct bg_ssh_wire wire = bg_ssh_wire(bg_bytes(blob, len));
  if (bg_ssh_wire_string(&wire, &name) != BG_OK || !bg_bytes_equal(name, type)) {
    return BG_ERR_SYNTAX;
  }
  return bg_ssh_key_from_blob(bg_bytes(blob, len), ret_key);
}

enum bg_error bg_ssh_key_from_file(const char *path, struct bg_ssh_key *ret_key) {
  struct bg_file file = {0};
  enum bg_error err = bg_file_read(path, geteuid(), BG_SSH_LINE_MAX, &file);
  if (err != BG_OK) {
    return err;
  }
  size_t len = file.len > 0 && file.data[file.len - 1] == '\n' ? file.len - 1 : file.len;
  if (len == 0 || memchr(file.data, '\n', len) != NULL) {
    err = BG_ERR_SYNTAX;
  } else {
    err = bg_ssh_key_from_line(bg_bytes(file.data, len), ret_key);
  }
  bg_file_free(&file);
  return err;
}

void bg_ssh_key_fingerprint(const struct bg_ssh_key *key,
                            char ret_text[static BG_FINGERPRINT_SIZE]) {
  static const char prefix[] = "SHA256:";
  memcpy(ret_text, prefix, sizeof prefix);
  (void)sodium_bin2base64(ret_text + sizeof prefix - 1, BG_FINGERPRINT_SIZE - sizeof prefix + 1,
                          key->sha256, sizeof key->sha256,
                          sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
}
