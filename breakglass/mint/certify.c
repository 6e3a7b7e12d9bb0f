/* SPDX-License-Identifier: BSD-2-Clause */
/* OpenSSH PROTOCOL.certkeys. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/certificate.h"
#include "breakglass/mint.h"

#define CERTIFICATE_MAX 16384
#define TYPE_USER 1
#define NONCE_SIZE 32
#define SIGNATURE_SIZE 64

/* How many fields a plain key has behind its name. */
/* The holder's fields, and none too many: they are copied into the certificate, and what stood
 * behind them would be read as its serial, its type, its principal. */
static enum bg_error read_holder(struct bg_bytes blob, const struct bg_certificate_kind **ret_kind,
                                 struct bg_bytes *ret_fields) {
  struct bg_ssh_key key;
  struct bg_ssh_wire wire = bg_ssh_wire(blob);
  struct bg_bytes field = {0};
  enum bg_error err = bg_ssh_key_from_blob(blob, &key);
  if (err != BG_OK || (err = bg_ssh_wire_string(&wire, &field)) != BG_OK) {
    return err;
  }
  const struct bg_certificate_kind *kind = bg_certificate_kind_of(field);
  const struct bg_bytes fields = bg_bytes(wire.at, (size_t)(wire.end - wire.at));
  if (kind == NULL) {
    return BG_ERR_KEY;
  }
  for (unsigned i = 0; err == BG_OK && i < kind->fields; i++) {
    err = bg_ssh_wire_string(&wire, &field);
  }
  if (err != BG_OK || !bg_ssh_wire_at_end(&wire)) {
    return BG_ERR_SYNTAX;
  }
  *ret_kind = kind;
  *ret_fields = fields;
  return BG_OK;
}

bool bg_certify_takes(struct bg_bytes holder) {
  const struct bg_certificate_kind *kind = NULL;
  struct bg_bytes fields;
  return holder.len <= BG_SSH_KEY_MAX && read_holder(holder, &kind, &fields) == BG_OK;
}

static void put_u64(struct bg_buf *buf, uint64_t value) {
  bg_ssh_put_u32(buf, (uint32_t)(value >> 32));
  bg_ssh_put_u32(buf, (uint32_t)value);
}

static void put_nonce(struct bg_buf *buf) {
  uint8_t nonce[NONCE_SIZE];
  randombytes_buf(nonce, sizeof nonce);
  bg_ssh_put_string(buf, bg_bytes(nonce, sizeof nonce));
}

/* A string that holds one string. */
static void put_nested(struct bg_buf *buf, struct bg_bytes inner) {
  bg_ssh_put_u32(buf, (uint32_t)inner.len + 4);
  bg_ssh_put_string(buf, inner);
}

/* Sorted by name. What sshd lets people do without these, a shell needs none of. */
static void put_extensions(struct bg_buf *buf, const char *token) {
  static const char *const allowed[] = {"permit-port-forwarding", "permit-pty"};
  uint8_t bytes[BG_TOKEN_TEXT_MAX + 256];
  struct bg_buf extensions = BG_BUF(bytes);
  for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++) {
    bg_ssh_put_string(&extensions, bg_bytes_of(allowed[i]));
    bg_ssh_put_string(&extensions, bg_bytes_of(""));
  }
  bg_ssh_put_string(&extensions, bg_bytes_of(BG_TOKEN_EXTENSION));
  put_nested(&extensions, bg_bytes_of(token));
  bg_ssh_put_string(buf, bg_buf_view(&extensions));
  buf->failed = buf->failed || extensions.failed;
}

static void put_ca(struct bg_buf *buf, const struct bg_ssh_key *ca) {
  uint8_t bytes[256];
  struct bg_buf blob = BG_BUF(bytes);
  bg_ssh_key_put_blob(ca, &blob);
  bg_ssh_put_string(buf, bg_buf_view(&blob));
}

/* All that is signed. */
static void put_body(struct bg_buf *buf, const struct bg_user_certificate *certificate,
                     const char *name, struct bg_bytes key_fields, const struct bg_ssh_key *ca) {
  bg_ssh_put_string(buf, bg_bytes_of(name));
  put_nonce(buf);
  bg_buf_put(buf, key_fields.data, key_fields.len);
  put_u64(buf, certificate->serial);
  bg_ssh_put_u32(buf, TYPE_USER);
  bg_ssh_put_string(buf, bg_bytes_of(certificate->key_id));
  put_nested(buf, bg_bytes_of(certificate->login));
  put_u64(buf, certificate->valid_after);
  put_u64(buf, certificate->valid_before);
  bg_ssh_put_string(buf, bg_bytes_of("")); /* critical options */
  put_extensions(buf, certificate->token);
  bg_ssh_put_string(buf, bg_bytes_of("")); /* reserved */
  put_ca(buf, ca);
}

static enum bg_error sign(struct bg_signing_key *ca, struct bg_buf *buf) {
  uint8_t value[BG_SIGNATURE_MAX];
  uint8_t bytes[128];
  struct bg_buf signature = BG_BUF(bytes);
  size_t len = 0;
  if (buf->failed) {
    return BG_ERR_TOO_LARGE;
  }
  enum bg_error err = bg_signing_key_sign(ca, bg_buf_view(buf), value, &len);
  if (err == BG_OK) {
    bg_ssh_put_string(&signature, bg_bytes_of("ssh-ed25519"));
    bg_ssh_put_string(&signature, bg_bytes(value, SIGNATURE_SIZE));
    bg_ssh_put_string(buf, bg_buf_view(&signature));
  }
  return err == BG_OK && buf->failed ? BG_ERR_TOO_LARGE : err;
}

enum bg_error bg_certify(struct bg_signing_key *ca, const struct bg_user_certificate *certificate,
                         struct bg_buf *buf) {
  uint8_t bytes[CERTIFICATE_MAX];
  struct bg_buf blob = BG_BUF(bytes);
  const struct bg_certificate_kind *kind = NULL;
  struct bg_bytes fields = {0};
  /* No host reads more. */
  if (certificate->holder.len > BG_SSH_KEY_MAX || strlen(certificate->token) > BG_TOKEN_TEXT_MAX) {
    return BG_ERR_TOO_LARGE;
  }
  enum bg_error err = read_holder(certificate->holder, &kind, &fields);
  if (err != BG_OK) {
    return err;
  }
  if (bg_signing_key_public(ca)->type != BG_SSH_ED25519) {
    return BG_ERR_KEY;
  }
  put_body(&blob, certificate, kind->name, fields, bg_signing_key_public(ca));
  err = sign(ca, &blob);
  if (err == BG_OK) {
    bg_buf_put_text(buf, kind->name);
    bg_buf_put_byte(buf, ' ');
    bg_put_base64(buf, bg_buf_view(&blob), BG_BASE64);
  }
  return err == BG_OK && buf->failed ? BG_ERR_TOO_LARGE : err;
}
