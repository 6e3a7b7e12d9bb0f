/* SPDX-License-Identifier: BSD-2-Clause */
#include "breakglass/sshsig.h"

#include <sodium.h>
#include <string.h>

#define MAGIC "SSHSIG"
#define VERSION 1
#define SIGNATURE_SIZE 64
#define TO_BE_SIGNED_MAX 512

/* Armour is the file's; on the wire the blob stands bare. */
static bool take_magic(struct bg_ssh_wire *wire) {
  const size_t len = strlen(MAGIC);
  if ((size_t)(wire->end - wire->at) < len || memcmp(wire->at, MAGIC, len) != 0) {
    return false;
  }
  wire->at += len;
  return true;
}

/* string(type, string signature, and of a hardware key: flags, counter) */
static enum bg_error read_signature(struct bg_bytes whole, struct bg_sshsig *sig) {
  struct bg_ssh_wire wire = bg_ssh_wire(whole);
  struct bg_bytes name = {0};
  struct bg_bytes value = {0};
  const bool sk = sig->key.type == BG_SSH_SK_ED25519;
  if (bg_ssh_wire_string(&wire, &name) != BG_OK ||
      !bg_bytes_is(name, bg_ssh_key_type_name(sig->key.type)) ||
      bg_ssh_wire_string(&wire, &value) != BG_OK || value.len != SIGNATURE_SIZE) {
    return BG_ERR_SYNTAX;
  }
  memcpy(sig->signature, value.data, SIGNATURE_SIZE);
  if (sk) {
    if (bg_ssh_wire_at_end(&wire)) {
      return BG_ERR_SYNTAX;
    }
    sig->flags = *wire.at++;
    if (bg_ssh_wire_u32(&wire, &sig->counter) != BG_OK) {
      return BG_ERR_SYNTAX;
    }
  }
  return bg_ssh_wire_at_end(&wire) ? BG_OK : BG_ERR_SYNTAX;
}

static bool is_known_hash(struct bg_bytes name) {
  return bg_bytes_is(name, "sha256") || bg_bytes_is(name, "sha512");
}

static enum bg_error parse(struct bg_bytes blob, struct bg_sshsig *sig) {
  struct bg_ssh_wire wire = bg_ssh_wire(blob);
  struct bg_bytes key = {0};
  struct bg_bytes reserved = {0};
  struct bg_bytes signature = {0};
  uint32_t version = 0;
  if (blob.len > BG_SSHSIG_MAX || !take_magic(&wire) || bg_ssh_wire_u32(&wire, &version) != BG_OK ||
      version != VERSION || bg_ssh_wire_string(&wire, &key) != BG_OK ||
      bg_ssh_wire_string(&wire, &sig->namespace) != BG_OK ||
      bg_ssh_wire_string(&wire, &reserved) != BG_OK || reserved.len != 0 ||
      bg_ssh_wire_string(&wire, &sig->hash_name) != BG_OK ||
      bg_ssh_wire_string(&wire, &signature) != BG_OK || !bg_ssh_wire_at_end(&wire)) {
    return BG_ERR_SYNTAX;
  }
  enum bg_error err = bg_ssh_key_from_blob(key, &sig->key);
  if (err != BG_OK) {
    return err;
  }
  if (sig->key.type == BG_SSH_OTHER) {
    return BG_ERR_KEY;
  }
  return is_known_hash(sig->hash_name) ? read_signature(signature, sig) : BG_ERR_UNSUPPORTED;
}

enum bg_error bg_sshsig_parse(struct bg_bytes blob, struct bg_sshsig *ret_sig) {
  struct bg_sshsig sig = {0};
  enum bg_error err = parse(blob, &sig);
  if (err == BG_OK) {
    *ret_sig = sig;
  }
  return err;
}

enum bg_error bg_sshsig_to_be_signed(struct bg_bytes namespace, struct bg_bytes hash_name,
                                     struct bg_bytes message, struct bg_buf *buf) {
  uint8_t hash[crypto_hash_sha512_BYTES];
  size_t len = crypto_hash_sha512_BYTES;
  if (bg_bytes_is(hash_name, "sha256")) {
    (void)crypto_hash_sha256(hash, message.data, message.len);
    len = crypto_hash_sha256_BYTES;
  } else if (bg_bytes_is(hash_name, "sha512")) {
    (void)crypto_hash_sha512(hash, message.data, message.len);
  } else {
    return BG_ERR_UNSUPPORTED;
  }
  bg_buf_put_text(buf, MAGIC);
  bg_ssh_put_string(buf, namespace);
  bg_ssh_put_string(buf, bg_bytes_of("")); /* reserved */
  bg_ssh_put_string(buf, hash_name);
  bg_ssh_put_string(buf, bg_bytes(hash, len));
  return buf->failed ? BG_ERR_TOO_LARGE : BG_OK;
}

enum bg_error bg_sshsig_verify(const struct bg_sshsig *sig, const char *namespace,
                               struct bg_bytes message) {
  uint8_t bytes[TO_BE_SIGNED_MAX];
  struct bg_buf buf = BG_BUF(bytes);
  if (!bg_bytes_is(sig->namespace, namespace) ||
      bg_sshsig_to_be_signed(sig->namespace, sig->hash_name, message, &buf) != BG_OK) {
    return BG_REFUSED_BAD_SIGNATURE;
  }
  bool good = sig->key.type == BG_SSH_SK_ED25519
                  ? bg_ssh_key_verify_sk(&sig->key, bg_buf_view(&buf), sig->signature, sig->flags,
                                         sig->counter)
                  : bg_ssh_key_verify(&sig->key, bg_buf_view(&buf), sig->signature);
  return good ? BG_OK : BG_REFUSED_BAD_SIGNATURE;
}

void bg_sshsig_put(const struct bg_sshsig *sig, struct bg_buf *buf) {
  uint8_t key_bytes[256];
  uint8_t signature_bytes[256];
  struct bg_buf key = BG_BUF(key_bytes);
  struct bg_buf signature = BG_BUF(signature_bytes);
  bg_ssh_key_put_blob(&sig->key, &key);
  bg_ssh_put_string(&signature, bg_bytes_of(bg_ssh_key_type_name(sig->key.type)));
  bg_ssh_put_string(&signature, bg_bytes(sig->signature, SIGNATURE_SIZE));
  if (sig->key.type == BG_SSH_SK_ED25519) {
    bg_buf_put_byte(&signature, sig->flags);
    bg_ssh_put_u32(&signature, sig->counter);
  }
  bg_buf_put_text(buf, MAGIC);
  bg_ssh_put_u32(buf, VERSION);
  bg_ssh_put_string(buf, bg_buf_view(&key));
  bg_ssh_put_string(buf, sig->namespace);
  bg_ssh_put_string(buf, bg_bytes_of(""));
  bg_ssh_put_string(buf, sig->hash_name);
  bg_ssh_put_string(buf, bg_buf_view(&signature));
  buf->failed = buf->failed || key.failed || signature.failed;
}
