/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "breakglass/event_key.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "breakglass/file.h"
#include "breakglass/paths.h"
#include "breakglass/text.h"

#define SECRET_PREFIX "whsk_"
#define PUBLIC_PREFIX "whpk_"
#define SIGNATURE_PREFIX "v1a,"
#define TEXT_SIZE 96 /* of the secret key, its line end and NUL */

struct bg_event_key {
  uint8_t secret[crypto_sign_SECRETKEYBYTES]; /* seed, then public key */
};

void bg_event_key_free(struct bg_event_key *key) {
  sodium_free(key);
}

static struct bg_bytes without_line_end(struct bg_bytes text) {
  size_t len = text.len;
  len -= len > 0 && text.data[len - 1] == '\n';
  return bg_bytes(text.data, len);
}

/* Halves that do not belong together would sign what nobody can verify, and tell of the secret. */
static bool is_pair(const struct bg_event_key *key) {
  uint8_t public[crypto_sign_PUBLICKEYBYTES];
  uint8_t secret[crypto_sign_SECRETKEYBYTES];
  (void)crypto_sign_seed_keypair(public, secret, key->secret);
  bool same = sodium_memcmp(secret, key->secret, sizeof secret) == 0;
  sodium_memzero(secret, sizeof secret);
  return same;
}

static enum bg_error parse(struct bg_bytes text, struct bg_event_key *key) {
  const size_t prefix = strlen(SECRET_PREFIX);
  struct bg_buf buf = BG_BUF(key->secret);
  text = without_line_end(text);
  if (text.len <= prefix || memcmp(text.data, SECRET_PREFIX, prefix) != 0) {
    return BG_ERR_SYNTAX;
  }
  enum bg_error err =
      bg_parse_base64(bg_bytes(text.data + prefix, text.len - prefix), BG_BASE64, &buf);
  return err == BG_OK && buf.len == sizeof key->secret && is_pair(key) ? BG_OK : BG_ERR_SYNTAX;
}

static enum bg_error read_key(const char *path, uid_t owner, struct bg_event_key *key) {
  struct bg_file file = {0};
  enum bg_error err = bg_file_read_secret(path, owner, BG_MODE_OTHERS, TEXT_SIZE, &file);
  if (err == BG_OK) {
    err = parse(bg_bytes(file.data, file.len), key);
  }
  bg_file_free(&file);
  return err;
}

static enum bg_error publish(const char *path, uid_t owner, struct bg_bytes text) {
  char folder[BG_PATH_SIZE];
  const char *name = strrchr(path, '/');
  int dir = -1;
  enum bg_error err =
      name != NULL ? bg_bytes_to_text(bg_bytes(path, (size_t)(name - path)), sizeof folder, folder)
                   : BG_ERR_NOT_FOUND;
  if (err == BG_OK) {
    err = bg_dir_open(folder, owner, &dir);
  }
  if (err == BG_OK) {
    err = bg_file_publish(dir, name + 1, text);
    (void)close(dir);
  }
  return err;
}

static enum bg_error make_key(const char *path, uid_t owner) {
  uint8_t public[crypto_sign_PUBLICKEYBYTES];
  uint8_t secret[crypto_sign_SECRETKEYBYTES];
  char text[TEXT_SIZE];
  struct bg_buf buf = BG_BUF(text);
  (void)crypto_sign_keypair(public, secret);
  bg_buf_put_text(&buf, SECRET_PREFIX);
  bg_put_base64(&buf, bg_bytes(secret, sizeof secret), BG_BASE64);
  bg_buf_put_byte(&buf, '\n');
  enum bg_error err = publish(path, owner, bg_buf_view(&buf));
  sodium_memzero(secret, sizeof secret);
  sodium_memzero(text, sizeof text);
  return err;
}

/* Whoever loses the race has the winner's. */
static enum bg_error read_or_make(const char *path, uid_t owner, struct bg_event_key *key) {
  enum bg_error err = read_key(path, owner, key);
  if (err != BG_ERR_NOT_FOUND) {
    return err;
  }
  err = make_key(path, owner);
  return err == BG_OK || err == BG_ERR_EXISTS ? read_key(path, owner, key) : err;
}

enum bg_error bg_event_key_open(const char *path, uid_t owner, struct bg_event_key **ret_key) {
  struct bg_event_key *key = sodium_malloc(sizeof *key);
  if (key == NULL) {
    return BG_ERR_NOMEM;
  }
  enum bg_error err = read_or_make(path, owner, key);
  if (err != BG_OK) {
    bg_event_key_free(key);
    return err;
  }
  (void)sodium_mprotect_readonly(key);
  *ret_key = key;
  return BG_OK;
}

void bg_event_key_public(const struct bg_event_key *key,
                         char ret_text[static BG_EVENT_KEY_PUBLIC_SIZE]) {
  struct bg_buf buf = {.data = (uint8_t *)ret_text, .cap = BG_EVENT_KEY_PUBLIC_SIZE};
  uint8_t public[crypto_sign_PUBLICKEYBYTES];
  (void)crypto_sign_ed25519_sk_to_pk(public, key->secret);
  bg_buf_put_text(&buf, PUBLIC_PREFIX);
  bg_put_base64(&buf, bg_bytes(public, sizeof public), BG_BASE64);
}

enum bg_error bg_event_key_sign(const struct bg_event_key *key, const char *id, int64_t time,
                                struct bg_bytes body,
                                char ret_text[static BG_EVENT_SIGNATURE_SIZE]) {
  uint8_t signature[crypto_sign_BYTES];
  uint8_t message[BG_EVENT_SIGNED_MAX];
  struct bg_buf signed_text = BG_BUF(message);
  struct bg_buf text = {.data = (uint8_t *)ret_text, .cap = BG_EVENT_SIGNATURE_SIZE};
  bg_buf_printf(&signed_text, "%s.%" PRId64 ".", id, time);
  bg_buf_put(&signed_text, body.data, body.len);
  if (signed_text.failed) {
    return BG_ERR_TOO_LARGE;
  }
  (void)crypto_sign_detached(signature, NULL, message, signed_text.len, key->secret);
  bg_buf_put_text(&text, SIGNATURE_PREFIX);
  bg_put_base64(&text, bg_bytes(signature, sizeof signature), BG_BASE64);
  return BG_OK;
}
