/* SPDX-License-Identifier: BSD-2-Clause */
#include "breakglass/call.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "breakglass/text.h"

#define VERSION "breakglass-call-v1"

/* A part that holds the end of a line could pass for two. */
static bool is_one_line(struct bg_bytes text) {
  for (size_t i = 0; i < text.len; i++) {
    if (text.data[i] < 0x20 || text.data[i] == 0x7f) {
      return false;
    }
  }
  return true;
}

static void put_line(struct bg_buf *buf, struct bg_bytes text) {
  bg_buf_put(buf, text.data, text.len);
  bg_buf_put_byte(buf, '\n');
}

static void put_hex_line(struct bg_buf *buf, const uint8_t *bytes, size_t len) {
  char hex[2 * BG_SHA256_SIZE + 1];
  bg_hex(bg_bytes(bytes, len), hex);
  put_line(buf, bg_bytes_of(hex));
}

enum bg_error bg_call_message(const struct bg_call *call, struct bg_buf *buf) {
  uint8_t hash[BG_SHA256_SIZE];
  if (!is_one_line(call->issuer) || !is_one_line(call->method) || !is_one_line(call->target) ||
      !is_one_line(call->idempotency_key)) {
    return BG_ERR_RANGE;
  }
  (void)crypto_hash_sha256(hash, call->body.data, call->body.len);
  put_line(buf, bg_bytes_of(VERSION));
  put_line(buf, call->issuer);
  put_line(buf, call->method);
  put_line(buf, call->target);
  put_hex_line(buf, hash, sizeof hash);
  put_line(buf, call->idempotency_key);
  bg_buf_printf(buf, "%" PRId64 "\n", call->time);
  put_hex_line(buf, call->nonce, sizeof call->nonce);
  return buf->failed ? BG_ERR_TOO_LARGE : BG_OK;
}

void bg_call_put_header(const struct bg_call *call, struct bg_bytes blob, struct bg_buf *buf) {
  char nonce[2 * BG_CALL_NONCE_SIZE + 1];
  if (blob.len > BG_SSHSIG_MAX) {
    buf->failed = true; /* nobody reads more */
    return;
  }
  bg_hex(bg_bytes(call->nonce, sizeof call->nonce), nonce);
  bg_buf_printf(buf, BG_CALL_SCHEME "%" PRId64 ".%s.", call->time, nonce);
  bg_put_base64(buf, blob, BG_BASE64);
}

/* Cuts what stands before the next dot off the front, and the dot. */
static bool take_part(struct bg_bytes *text, struct bg_bytes *ret_part) {
  const uint8_t *dot = text->len > 0 ? memchr(text->data, '.', text->len) : NULL;
  if (dot == NULL) {
    return false;
  }
  *ret_part = bg_bytes(text->data, (size_t)(dot - text->data));
  *text = bg_bytes(dot + 1, text->len - ret_part->len - 1);
  return true;
}

static bool is_lower_hex(struct bg_bytes text) {
  for (size_t i = 0; i < text.len; i++) {
    if (text.data[i] >= 'A' && text.data[i] <= 'F') {
      return false;
    }
  }
  return true;
}

enum bg_error bg_call_parse_header(struct bg_bytes header, struct bg_call *ret_call,
                                   struct bg_buf *ret_blob) {
  const size_t scheme = strlen(BG_CALL_SCHEME);
  struct bg_bytes time = {0};
  struct bg_bytes nonce = {0};
  if (header.len < scheme || memcmp(header.data, BG_CALL_SCHEME, scheme) != 0) {
    return BG_ERR_NOT_FOUND;
  }
  struct bg_bytes rest = bg_bytes(header.data + scheme, header.len - scheme);
  struct bg_call call = *ret_call;
  if (!take_part(&rest, &time) || !take_part(&rest, &nonce) ||
      bg_parse_uint(time, 0, BG_TIME_MAX, &call.time) != BG_OK || !is_lower_hex(nonce) ||
      bg_parse_hex(nonce, sizeof call.nonce, call.nonce) != BG_OK ||
      bg_parse_base64(rest, BG_BASE64, ret_blob) != BG_OK) {
    return BG_ERR_SYNTAX;
  }
  *ret_call = call;
  return BG_OK;
}

enum bg_error bg_call_verify(const struct bg_call *call, const char *namespace,
                             struct bg_bytes blob, struct bg_ssh_key *ret_key) {
  uint8_t bytes[BG_CALL_MESSAGE_MAX];
  struct bg_buf message = BG_BUF(bytes);
  struct bg_sshsig sig;
  enum bg_error err = bg_sshsig_parse(blob, &sig);
  if (err != BG_OK) {
    return err;
  }
  if (bg_call_message(call, &message) != BG_OK) {
    return BG_REFUSED_BAD_SIGNATURE; /* nobody can have signed it */
  }
  err = bg_sshsig_verify(&sig, namespace, bg_buf_view(&message));
  if (err == BG_OK) {
    *ret_key = sig.key;
  }
  return err;
}
