/* SPDX-License-Identifier: BSD-2-Clause */
#include "breakglass/note.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "breakglass/text.h"

#define ED25519 0x01                /* signature type of C2SP signed-note */
#define DASH "\xe2\x80\x94 "        /* begins the line of a signature */
#define ORIGIN "/ledger"            /* ends the first line */
#define KEY_MAX 1024                /* bytes of a signature, of whatever kind */
#define SIGNATURE_SIZE ((size_t)64) /* of Ed25519 */

void bg_note_key_id(const char *name, const struct bg_ssh_key *key,
                    uint8_t ret_id[static BG_NOTE_KEY_ID_SIZE]) {
  static const uint8_t type = ED25519;
  uint8_t hash[crypto_hash_sha256_BYTES];
  crypto_hash_sha256_state state;
  (void)crypto_hash_sha256_init(&state);
  (void)crypto_hash_sha256_update(&state, (const uint8_t *)name, strlen(name));
  (void)crypto_hash_sha256_update(&state, (const uint8_t *)"\n", 1);
  (void)crypto_hash_sha256_update(&state, &type, sizeof type);
  (void)crypto_hash_sha256_update(&state, key->point, sizeof key->point);
  (void)crypto_hash_sha256_final(&state, hash);
  memcpy(ret_id, hash, BG_NOTE_KEY_ID_SIZE);
}

void bg_note_put_text(const struct bg_checkpoint *checkpoint, struct bg_buf *buf) {
  bg_buf_printf(buf, "%s" ORIGIN "\n%" PRId64 "\n", checkpoint->issuer, checkpoint->number);
  bg_put_base64(buf, bg_bytes(checkpoint->hash, sizeof checkpoint->hash), BG_BASE64);
  bg_buf_put_byte(buf, '\n');
}

void bg_note_put_signature(const char *name, const struct bg_ssh_key *key,
                           struct bg_bytes signature, struct bg_buf *buf) {
  uint8_t bytes[BG_NOTE_KEY_ID_SIZE + SIGNATURE_SIZE];
  struct bg_buf both = BG_BUF(bytes);
  both.len = BG_NOTE_KEY_ID_SIZE;
  bg_note_key_id(name, key, bytes);
  bg_buf_put(&both, signature.data, signature.len);
  bg_buf_printf(buf, "\n" DASH "%s ", name);
  bg_put_base64(buf, bg_buf_view(&both), BG_BASE64);
  bg_buf_put_byte(buf, '\n');
  buf->failed = buf->failed || both.failed;
}

/* Cuts the next line off the front, with its LF. */
static bool take_line(struct bg_bytes *rest, struct bg_bytes *ret_line) {
  const uint8_t *newline = rest->len > 0 ? memchr(rest->data, '\n', rest->len) : NULL;
  if (newline == NULL) {
    return false;
  }
  *ret_line = bg_bytes(rest->data, (size_t)(newline - rest->data));
  *rest = bg_bytes(newline + 1, rest->len - ret_line->len - 1);
  return true;
}

/* "ISSUER/ledger": a name is as one of trusted_signers, and has no '+' (C2SP signed-note). */
static bool read_origin(struct bg_bytes line, char ret_issuer[static BG_NAME_SIZE]) {
  const size_t end = strlen(ORIGIN);
  if (line.len <= end || memcmp(line.data + line.len - end, ORIGIN, end) != 0) {
    return false;
  }
  const struct bg_bytes name = bg_bytes(line.data, line.len - end);
  return bg_text_is_clean(name) && memchr(name.data, ' ', name.len) == NULL &&
         memchr(name.data, '+', name.len) == NULL &&
         bg_bytes_to_text(name, BG_NAME_SIZE, ret_issuer) == BG_OK;
}

static bool read_text(struct bg_bytes text, struct bg_checkpoint *ret_checkpoint) {
  struct bg_bytes line;
  struct bg_buf hash = BG_BUF(ret_checkpoint->hash);
  return take_line(&text, &line) && read_origin(line, ret_checkpoint->issuer) &&
         take_line(&text, &line) &&
         bg_parse_uint(line, 0, INT64_MAX, &ret_checkpoint->number) == BG_OK &&
         take_line(&text, &line) && bg_parse_base64(line, BG_BASE64, &hash) == BG_OK &&
         hash.len == hash.cap && text.len == 0;
}

struct signature { /* a line of one */
  struct bg_bytes name;
  uint8_t bytes[KEY_MAX]; /* key id and signature */
  size_t len;
};

static bool read_signature(struct bg_bytes line, struct signature *ret_signature) {
  const size_t dash = strlen(DASH);
  if (line.len <= dash || memcmp(line.data, DASH, dash) != 0) {
    return false;
  }
  const struct bg_bytes rest = bg_bytes(line.data + dash, line.len - dash);
  const uint8_t *blank = memchr(rest.data, ' ', rest.len);
  if (blank == NULL || blank == rest.data) {
    return false;
  }
  struct bg_buf bytes = BG_BUF(ret_signature->bytes);
  ret_signature->name = bg_bytes(rest.data, (size_t)(blank - rest.data));
  const struct bg_bytes text = bg_bytes(blank + 1, rest.len - ret_signature->name.len - 1);
  return bg_text_is_clean(ret_signature->name) &&
         bg_parse_base64(text, BG_BASE64, &bytes) == BG_OK &&
         (ret_signature->len = bytes.len) > BG_NOTE_KEY_ID_SIZE;
}

static bool claims(const struct signature *signature, const struct bg_checkpoint *checkpoint,
                   const struct bg_trusted_key *key, int64_t at) {
  uint8_t id[BG_NOTE_KEY_ID_SIZE];
  if (key->role != BG_ROLE_ISSUER || key->key.type != BG_SSH_ED25519 || at < key->valid_after ||
      at >= key->valid_before || strcmp(key->principal, checkpoint->issuer) != 0 ||
      !bg_bytes_is(signature->name, key->principal)) {
    return false;
  }
  bg_note_key_id(key->principal, &key->key, id);
  return memcmp(id, signature->bytes, sizeof id) == 0;
}

/* BG_ERR_NOT_FOUND: of no key that is trusted. Two keys may have one id. */
static enum bg_error judge(const struct signature *signature, struct bg_bytes text,
                           const struct bg_checkpoint *checkpoint,
                           const struct bg_trusted_signers *signers, int64_t at) {
  enum bg_error err = BG_ERR_NOT_FOUND;
  for (size_t i = 0; i < signers->count; i++) {
    if (!claims(signature, checkpoint, &signers->keys[i], at)) {
      continue;
    }
    if (signature->len == BG_NOTE_KEY_ID_SIZE + SIGNATURE_SIZE &&
        bg_ssh_key_verify(&signers->keys[i].key, text, signature->bytes + BG_NOTE_KEY_ID_SIZE)) {
      return BG_OK;
    }
    err = BG_REFUSED_BAD_SIGNATURE;
  }
  return err;
}

/* Text and signatures stand apart by the last empty line. */
static bool split(struct bg_bytes note, struct bg_bytes *ret_text, struct bg_bytes *ret_lines) {
  if (note.len > BG_NOTE_MAX || !bg_text_is_utf8(note)) {
    return false;
  }
  for (size_t i = note.len; i >= 2; i--) {
    if (note.data[i - 1] == '\n' && note.data[i - 2] == '\n') {
      *ret_text = bg_bytes(note.data, i - 1);
      *ret_lines = bg_bytes(note.data + i, note.len - i);
      return true;
    }
  }
  return false;
}

enum bg_error bg_checkpoint_read(struct bg_bytes note, const struct bg_trusted_signers *signers,
                                 int64_t at, struct bg_checkpoint *ret_checkpoint) {
  struct bg_checkpoint checkpoint;
  struct signature signature;
  struct bg_bytes text;
  struct bg_bytes lines;
  struct bg_bytes line;
  bool is_signed = false;
  if (!split(note, &text, &lines) || !read_text(text, &checkpoint)) {
    return BG_ERR_SYNTAX;
  }
  for (size_t count = 0; lines.len > 0; count++) {
    if (count == BG_NOTE_SIGNATURES_MAX || !take_line(&lines, &line) ||
        !read_signature(line, &signature)) {
      return BG_ERR_SYNTAX;
    }
    enum bg_error err = judge(&signature, text, &checkpoint, signers, at);
    if (err == BG_REFUSED_BAD_SIGNATURE) {
      return err;
    }
    is_signed = is_signed || err == BG_OK;
  }
  if (!is_signed) {
    return BG_ERR_NOT_FOUND;
  }
  *ret_checkpoint = checkpoint;
  return BG_OK;
}
