/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "breakglass/auth_info.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/certificate.h"

#define METHOD "publickey "

/* "publickey TYPE BASE64\n" to its two fields. */
static enum bg_error split(const char *text, struct bg_bytes *ret_type,
                           struct bg_bytes *ret_base64) {
  size_t len = strnlen(text, BG_AUTH_INFO_MAX + 1);
  if (len == 0) {
    return BG_ERR_NOT_FOUND;
  }
  if (len > BG_AUTH_INFO_MAX) {
    return BG_ERR_TOO_LARGE;
  }
  if (strncmp(text, METHOD, strlen(METHOD)) != 0) {
    return BG_ERR_SYNTAX;
  }
  const char *type = text + strlen(METHOD);
  const char *space = strchr(type, ' ');
  const char *newline = strchr(type, '\n');
  if (space == NULL || newline == NULL || newline < space || newline != text + len - 1) {
    return BG_ERR_SYNTAX;
  }
  *ret_type = bg_bytes(type, (size_t)(space - type));
  *ret_base64 = bg_bytes(space + 1, (size_t)(newline - space - 1));
  return BG_OK;
}

static enum bg_error take_certificate(struct bg_bytes blob, struct bg_auth_info *info) {
  struct bg_certificate certificate = {0};
  enum bg_error err = bg_certificate_parse(blob, &certificate);
  if (err != BG_OK) {
    return err;
  }
  info->holder = certificate.key;
  info->has_certificate = true;
  info->has_token = certificate.has_token;
  if (certificate.token.len > BG_TOKEN_TEXT_MAX) {
    certificate.token.len = BG_TOKEN_TEXT_MAX + 1;
  }
  return bg_bytes_to_text(certificate.token, sizeof info->token, info->token);
}

static enum bg_error take_blob(struct bg_bytes blob, struct bg_bytes type,
                               struct bg_auth_info *info) {
  struct bg_ssh_wire wire = bg_ssh_wire(blob);
  struct bg_bytes name = {0};
  if (bg_ssh_wire_string(&wire, &name) != BG_OK || !bg_bytes_equal(name, type)) {
    return BG_ERR_SYNTAX;
  }
  enum bg_error err = bg_certificate_is_type(name) ? take_certificate(blob, info)
                                                   : bg_ssh_key_from_blob(blob, &info->holder);
  return err == BG_OK ? BG_OK : BG_ERR_SYNTAX;
}

enum bg_error bg_auth_info_parse(const char *text, struct bg_auth_info *ret_info) {
  struct bg_bytes type = {0};
  struct bg_bytes base64 = {0};
  struct bg_auth_info info = {0};
  size_t len = 0;
  enum bg_error err = split(text, &type, &base64);
  if (err != BG_OK) {
    return err;
  }
  uint8_t *blob = malloc(base64.len + 1);
  if (blob == NULL) {
    return BG_ERR_NOMEM;
  }
  err = BG_ERR_SYNTAX;
  if (sodium_base642bin(blob, base64.len, (const char *)base64.data, base64.len, NULL, &len, NULL,
                        sodium_base64_VARIANT_ORIGINAL) == 0) {
    err = take_blob(bg_bytes(blob, len), type, &info);
  }
  if (err == BG_OK) {
    *ret_info = info;
  }
  free(blob);
  return err;
}
