/* SPDX-License-Identifier: BSD-2-Clause */
#include "breakglass/certificate.h"

#include <string.h>

#include "breakglass/auth_info.h"

#define TYPE_USER 1

static const struct bg_certificate_kind kinds[] = {
    {"ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519", 1},
    {"sk-ssh-ed25519-cert-v01@openssh.com", "sk-ssh-ed25519@openssh.com", 2},
    {"ssh-rsa-cert-v01@openssh.com", "ssh-rsa", 2},
    {"ecdsa-sha2-nistp256-cert-v01@openssh.com", "ecdsa-sha2-nistp256", 2},
    {"ecdsa-sha2-nistp384-cert-v01@openssh.com", "ecdsa-sha2-nistp384", 2},
    {"ecdsa-sha2-nistp521-cert-v01@openssh.com", "ecdsa-sha2-nistp521", 2},
    {"sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com", 3},
};

static const struct bg_certificate_kind *find_kind(struct bg_bytes type, bool is_plain) {
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    if (bg_bytes_is(type, is_plain ? kinds[i].plain : kinds[i].name)) {
      return &kinds[i];
    }
  }
  return NULL;
}

const struct bg_certificate_kind *bg_certificate_kind_of(struct bg_bytes plain) {
  return find_kind(plain, true);
}

bool bg_certificate_is_type(struct bg_bytes name) {
  return find_kind(name, false) != NULL;
}

static enum bg_error skip_strings(struct bg_ssh_wire *wire, unsigned count) {
  struct bg_bytes ignored = {0};
  enum bg_error err = BG_OK;
  for (; err == BG_OK && count > 0; count--) {
    err = bg_ssh_wire_string(wire, &ignored);
  }
  return err;
}

/* The plain key's blob is its name and the same fields. */
static enum bg_error read_inner_key(struct bg_ssh_wire *wire,
                                    const struct bg_certificate_kind *kind,
                                    struct bg_ssh_key *ret_key) {
  uint8_t blob[BG_SSH_KEY_MAX];
  struct bg_buf buf = BG_BUF(blob);
  const uint8_t *start = wire->at;
  enum bg_error err = skip_strings(wire, kind->fields);
  if (err != BG_OK) {
    return err;
  }
  bg_ssh_put_string(&buf, bg_bytes_of(kind->plain));
  bg_buf_put(&buf, start, (size_t)(wire->at - start));
  return bg_ssh_key_from_blob(bg_buf_view(&buf), ret_key) == BG_OK ? BG_OK : BG_ERR_SYNTAX;
}

static bool comes_before(struct bg_bytes a, struct bg_bytes b) {
  size_t common = a.len < b.len ? a.len : b.len;
  int order = common > 0 ? memcmp(a.data, b.data, common) : 0;
  return order != 0 ? order < 0 : a.len < b.len;
}

/* Names and data, sorted by name, each name once; wanted's data if it is there. */
static enum bg_error read_options(struct bg_ssh_wire *wire, const char *wanted, bool *ret_found,
                                  struct bg_bytes *ret_data) {
  struct bg_bytes all = {0};
  struct bg_bytes previous = {0};
  enum bg_error err = bg_ssh_wire_string(wire, &all);
  struct bg_ssh_wire options = bg_ssh_wire(all);
  for (bool first = true; err == BG_OK && !bg_ssh_wire_at_end(&options); first = false) {
    struct bg_bytes name = {0};
    struct bg_bytes data = {0};
    if (bg_ssh_wire_string(&options, &name) != BG_OK ||
        bg_ssh_wire_string(&options, &data) != BG_OK || (!first && !comes_before(previous, name))) {
      return BG_ERR_SYNTAX;
    }
    if (bg_bytes_is(name, wanted)) {
      *ret_found = true;
      *ret_data = data;
    }
    previous = name;
  }
  return err;
}

/* Serial, type, key id, principals, validity: sshd's matter but for the type. */
static enum bg_error read_head(struct bg_ssh_wire *wire) {
  uint64_t number = 0;
  uint32_t type = 0;
  if (bg_ssh_wire_u64(wire, &number) != BG_OK || bg_ssh_wire_u32(wire, &type) != BG_OK ||
      type != TYPE_USER || skip_strings(wire, 2) != BG_OK ||
      bg_ssh_wire_u64(wire, &number) != BG_OK || bg_ssh_wire_u64(wire, &number) != BG_OK) {
    return BG_ERR_SYNTAX;
  }
  return BG_OK;
}

static enum bg_error read_extensions(struct bg_ssh_wire *wire, struct bg_certificate *certificate) {
  struct bg_bytes data = {0};
  bool is_critical = false;
  if (read_options(wire, BG_TOKEN_EXTENSION, &is_critical, &data) != BG_OK || is_critical ||
      read_options(wire, BG_TOKEN_EXTENSION, &certificate->has_token, &data) != BG_OK) {
    return BG_ERR_SYNTAX;
  }
  if (!certificate->has_token) {
    return BG_OK;
  }
  /* An extension's value is a string in the string that is its data. */
  struct bg_ssh_wire value = bg_ssh_wire(data);
  enum bg_error err = bg_ssh_wire_string(&value, &certificate->token);
  return err == BG_OK && !bg_ssh_wire_at_end(&value) ? BG_ERR_SYNTAX : err;
}

enum bg_error bg_certificate_parse(struct bg_bytes blob, struct bg_certificate *ret_certificate) {
  struct bg_ssh_wire wire = bg_ssh_wire(blob);
  struct bg_certificate certificate = {0};
  struct bg_bytes name = {0};
  if (bg_ssh_wire_string(&wire, &name) != BG_OK) {
    return BG_ERR_SYNTAX;
  }
  const struct bg_certificate_kind *kind = find_kind(name, false);
  if (kind == NULL || skip_strings(&wire, 1) != BG_OK || /* nonce */
      read_inner_key(&wire, kind, &certificate.key) != BG_OK || read_head(&wire) != BG_OK ||
      read_extensions(&wire, &certificate) != BG_OK ||
      skip_strings(&wire, 3) != BG_OK || /* reserved, signature key, signature */
      !bg_ssh_wire_at_end(&wire)) {
    return BG_ERR_SYNTAX;
  }
  *ret_certificate = certificate;
  return BG_OK;
}
