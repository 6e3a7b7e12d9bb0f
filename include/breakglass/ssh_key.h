/* SPDX-License-Identifier: BSD-2-Clause */
/* SSH public keys: ssh-ed25519 and sk-ssh-ed25519@openssh.com for signing; any
 * type as a holder key, of which only the hash counts. Reaches core, libsodium. */
#ifndef BREAKGLASS_SSH_KEY_H
#define BREAKGLASS_SSH_KEY_H

#include "breakglass/buf.h"

#define BG_SSH_KEY_MAX 8192   /* blob bytes, RSA keys of 16,384 bits included */
#define BG_SSH_LINE_MAX 16384 /* characters of a public key line */
#define BG_SHA256_SIZE 32
#define BG_KID_SIZE 8          /* first bytes of the SHA-256 of the blob */
#define BG_FINGERPRINT_SIZE 51 /* "SHA256:" + 43 characters + NUL */
#define BG_APPLICATION_SIZE 129
#define BG_SIGNER_LINE_SIZE 384 /* "TYPE BASE64" of a key that signs, and NUL */

enum bg_ssh_key_type {
  BG_SSH_OTHER = 0, /* may hold a token, cannot sign one */
  BG_SSH_ED25519,
  BG_SSH_SK_ED25519,
};

struct bg_ssh_key {
  enum bg_ssh_key_type type;
  uint8_t sha256[BG_SHA256_SIZE];        /* of the blob: what ssh-keygen -l prints */
  uint8_t point[32];                     /* Ed25519 public key; zero for BG_SSH_OTHER */
  char application[BG_APPLICATION_SIZE]; /* sk only */
};

/* Reader of the SSH wire format (RFC 4251 section 5). */
struct bg_ssh_wire {
  const uint8_t *at;
  const uint8_t *end;
};
struct bg_ssh_wire bg_ssh_wire(struct bg_bytes bytes);
bool bg_ssh_wire_at_end(const struct bg_ssh_wire *wire);
BG_MUST_USE enum bg_error bg_ssh_wire_u32(struct bg_ssh_wire *wire, uint32_t *ret_value);
BG_MUST_USE enum bg_error bg_ssh_wire_u64(struct bg_ssh_wire *wire, uint64_t *ret_value);
BG_MUST_USE enum bg_error bg_ssh_wire_string(struct bg_ssh_wire *wire, struct bg_bytes *ret_bytes);
void bg_ssh_put_u32(struct bg_buf *buf, uint32_t value);
void bg_ssh_put_string(struct bg_buf *buf, struct bg_bytes bytes);

/* A plain (not certificate) key blob: for the two Ed25519 types, exactly its
 * fields and nothing after them. Other types: a non-empty name and the hash.
 * BG_ERR_SYNTAX; BG_ERR_KEY for a certificate or an oversized application. */
BG_MUST_USE enum bg_error bg_ssh_key_from_blob(struct bg_bytes blob, struct bg_ssh_key *ret_key);
/* "ssh-ed25519", "sk-ssh-ed25519@openssh.com"; NULL for BG_SSH_OTHER. */
const char *bg_ssh_key_type_name(enum bg_ssh_key_type type);
/* The blob of an Ed25519 or sk key, appended to buf. */
void bg_ssh_key_put_blob(const struct bg_ssh_key *key, struct bg_buf *buf);
/* The blob in "TYPE BASE64[ comment]", one line without newline; TYPE equals the blob's. Of the
 * blob no more is looked at. BG_ERR_SYNTAX. */
BG_MUST_USE enum bg_error bg_ssh_key_line_blob(struct bg_bytes line, struct bg_buf *ret_blob);
/* The key of such a line. */
BG_MUST_USE enum bg_error bg_ssh_key_from_line(struct bg_bytes line, struct bg_ssh_key *ret_key);
/* "TYPE BASE64" of an Ed25519 or sk key, appended to buf, with a NUL that is not counted. */
void bg_ssh_key_put_line(const struct bg_ssh_key *key, struct bg_buf *buf);
/* The file KEY.pub: that one line, in a file that only root or the caller can write. */
BG_MUST_USE enum bg_error bg_ssh_key_from_file(const char *path, struct bg_ssh_key *ret_key);
/* Whether the point is on the curve and of the prime order (RFC 8032); 34 us. */
bool bg_ssh_key_is_prime_order(const struct bg_ssh_key *key);
void bg_ssh_key_fingerprint(const struct bg_ssh_key *key,
                            char ret_text[static BG_FINGERPRINT_SIZE]);
/* Ed25519 over message, by the 64-byte signature; strict (libsodium). */
bool bg_ssh_key_verify(const struct bg_ssh_key *key, struct bg_bytes message,
                       const uint8_t signature[static 64]);
/* The same by a hardware key (OpenSSH PROTOCOL.u2f), with the authenticator's flags and counter:
 * somebody was there (user presence), and the key's application starts with "ssh:". */
bool bg_ssh_key_verify_sk(const struct bg_ssh_key *key, struct bg_bytes message,
                          const uint8_t signature[static 64], uint8_t flags, uint32_t counter);

#endif
