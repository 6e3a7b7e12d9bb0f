/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/file.h"
#include "breakglass/ssh_key.h"
#include "breakglass/text.h"
#include "fields.h"

#define BLOB_MAX 256 /* of the types that sign */

enum bg_error bg_ssh_key_line_blob(struct bg_bytes line, struct bg_buf *ret_blob) {
  struct bg_bytes name = {0};
  const uint8_t *start = line.data;
  struct bg_bytes type = bg_take_field(&line);
  struct bg_bytes base64 = bg_take_field(&line);
  if (type.data != start || bg_parse_base64(base64, BG_BASE64, ret_blob) != BG_OK) {
    return BG_ERR_SYNTAX;
  }
  struct bg_ssh_wire wire = bg_ssh_wire(bg_buf_view(ret_blob));
  bool same = bg_ssh_wire_string(&wire, &name) == BG_OK && bg_bytes_equal(name, type);
  return same ? BG_OK : BG_ERR_SYNTAX;
}

enum bg_error bg_ssh_key_from_line(struct bg_bytes line, struct bg_ssh_key *ret_key) {
  uint8_t bytes[BG_SSH_KEY_MAX];
  struct bg_buf blob = BG_BUF(bytes);
  enum bg_error err = bg_ssh_key_line_blob(line, &blob);
  return err == BG_OK ? bg_ssh_key_from_blob(bg_buf_view(&blob), ret_key) : err;
}

void bg_ssh_key_put_line(const struct bg_ssh_key *key, struct bg_buf *buf) {
  uint8_t bytes[BLOB_MAX];
  struct bg_buf blob = BG_BUF(bytes);
  bg_ssh_key_put_blob(key, &blob);
  if (blob.failed) {
    buf->failed = true;
    return;
  }
  bg_buf_put_text(buf, bg_ssh_key_type_name(key->type));
  bg_buf_put_byte(buf, ' ');
  bg_put_base64(buf, bg_buf_view(&blob), BG_BASE64);
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
