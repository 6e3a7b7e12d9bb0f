/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>
#include <sodium.h>
#include <string.h>

#include "signing_key.h"

#define KEY_FILE_MAX 16384
#define PEM_BEGIN "-----BEGIN OPENSSH PRIVATE KEY-----\n"
#define PEM_END "-----END OPENSSH PRIVATE KEY-----"
#define MAGIC "openssh-key-v1" /* with its NUL */

static bool take_string(struct bg_ssh_wire *wire, const char *wanted) {
  struct bg_bytes found = {0};
  return bg_ssh_wire_string(wire, &found) == BG_OK && bg_bytes_is(found, wanted);
}

/* The lines between the markers, decoded into memory as large as the file. */
static enum bg_error decode_pem(const struct bg_file *file, uint8_t *bytes, size_t *len) {
  const char *text = (const char *)file->data;
  const size_t begin = strlen(PEM_BEGIN);
  if (file->len < begin || memcmp(text, PEM_BEGIN, begin) != 0) {
    return BG_ERR_SYNTAX;
  }
  const char *end = memmem(text + begin, file->len - begin, PEM_END, strlen(PEM_END));
  if (end == NULL || sodium_base642bin(bytes, file->len, text + begin, (size_t)(end - text) - begin,
                                       "\r\n", len, NULL, sodium_base64_VARIANT_ORIGINAL) != 0) {
    return BG_ERR_SYNTAX;
  }
  return BG_OK;
}

/* The private part, and that it belongs to the public key. */
static enum bg_error decode_secret(struct bg_bytes section, struct bg_signing_key *key) {
  struct bg_ssh_wire wire = bg_ssh_wire(section);
  struct bg_bytes point = {0};
  struct bg_bytes secret = {0};
  uint32_t check[2] = {0};
  if (bg_ssh_wire_u32(&wire, &check[0]) != BG_OK || bg_ssh_wire_u32(&wire, &check[1]) != BG_OK ||
      check[0] != check[1] || !take_string(&wire, "ssh-ed25519") ||
      bg_ssh_wire_string(&wire, &point) != BG_OK || point.len != sizeof key->public.point ||
      bg_ssh_wire_string(&wire, &secret) != BG_OK || secret.len != sizeof key->secret) {
    return BG_ERR_SYNTAX;
  }
  uint8_t derived[crypto_sign_PUBLICKEYBYTES];
  (void)crypto_sign_seed_keypair(derived, key->secret, secret.data);
  return memcmp(derived, key->public.point, sizeof derived) == 0 ? BG_OK : BG_ERR_SYNTAX;
}

static enum bg_error decode_key(struct bg_bytes bytes, struct bg_signing_key *key) {
  if (bytes.len < sizeof MAGIC || memcmp(bytes.data, MAGIC, sizeof MAGIC) != 0) {
    return BG_ERR_SYNTAX;
  }
  struct bg_ssh_wire wire =
      bg_ssh_wire(bg_bytes(bytes.data + sizeof MAGIC, bytes.len - sizeof MAGIC));
  struct bg_bytes cipher = {0};
  struct bg_bytes blob = {0};
  struct bg_bytes section = {0};
  uint32_t count = 0;
  if (bg_ssh_wire_string(&wire, &cipher) != BG_OK) {
    return BG_ERR_SYNTAX;
  }
  if (!bg_bytes_is(cipher, "none")) {
    return BG_ERR_KEY; /* encrypted */
  }
  if (!take_string(&wire, "none") || !take_string(&wire, "") ||
      bg_ssh_wire_u32(&wire, &count) != BG_OK || count != 1 ||
      bg_ssh_wire_string(&wire, &blob) != BG_OK || bg_ssh_wire_string(&wire, &section) != BG_OK ||
      !bg_ssh_wire_at_end(&wire)) {
    return BG_ERR_SYNTAX;
  }
  enum bg_error err = bg_ssh_key_from_blob(blob, &key->public);
  if (err != BG_OK) {
    return err;
  }
  return key->public.type == BG_SSH_ED25519 ? decode_secret(section, key) : BG_ERR_KEY;
}

static enum bg_error decode_file(const struct bg_file *file, struct bg_signing_key *key) {
  size_t len = 0;
  uint8_t *bytes = sodium_malloc(file->len);
  if (bytes == NULL) {
    return BG_ERR_NOMEM;
  }
  enum bg_error err = decode_pem(file, bytes, &len);
  if (err == BG_OK) {
    err = decode_key(bg_bytes(bytes, len), key);
  }
  sodium_free(bytes); /* wipes */
  return err;
}

enum bg_error key_file_read(const char *spec, struct bg_signing_key *key) {
  struct bg_file file = {0};
  enum bg_error err = bg_secret_read(spec, KEY_FILE_MAX, &file);
  if (err == BG_OK) {
    err = decode_file(&file, key);
  }
  bg_file_free(&file);
  return err;
}
