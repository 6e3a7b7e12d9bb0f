/* SPDX-License-Identifier: BSD-2-Clause */
/* Signing: tokens, calls, certificates, with the OpenSSH keys that people have. Never linked into
 * the PAM module. Reaches core, ssh, token. */
#ifndef BREAKGLASS_MINT_H
#define BREAKGLASS_MINT_H

#include "breakglass/file.h"
#include "breakglass/revocations.h"
#include "breakglass/sshsig.h"

/* A secret in memory that bg_file_free() wipes: "file:PATH", owned by the caller or root, mode 0600
 * or stricter, or "credential:NAME", the same as a credential that systemd passes
 * (LoadCredential=). Anything else is BG_ERR_RANGE; BG_ERR_UNSAFE, BG_ERR_NOT_FOUND,
 * BG_ERR_TOO_LARGE, BG_ERR_DENIED, BG_ERR_NOMEM, BG_ERR_IO. */
BG_MUST_USE enum bg_error bg_secret_read(const char *spec, size_t max, struct bg_file *ret_file);

/* A key that can sign: a file, or one that an ssh-agent holds. Opaque; the
 * secret lies in libsodium's guarded memory. */
struct bg_signing_key;

/* "file:PATH": an unencrypted OpenSSH ed25519 private key, owned by the caller
 * (or root), mode 0600 or stricter; BG_ERR_UNSAFE, BG_ERR_SYNTAX, BG_ERR_KEY
 * (encrypted or another type), BG_ERR_NOT_FOUND, BG_ERR_IO.
 * "agent:FINGERPRINT" ("SHA256:..."): the key in the agent at SSH_AUTH_SOCK, which is asked each
 * time, and given up after so many ms of patience (0: never, since it may ask a person);
 * BG_ERR_AGENT, BG_ERR_NOT_FOUND. "credential:NAME": the same file as a credential that systemd
 * passes (LoadCredential=). Anything else is BG_ERR_RANGE. */
BG_MUST_USE enum bg_error bg_signing_key_open(const char *spec, unsigned patience,
                                              struct bg_signing_key **ret_key);
void bg_signing_key_free(struct bg_signing_key *key); /* wipes; takes NULL */
const struct bg_ssh_key *bg_signing_key_public(const struct bg_signing_key *key);

/* Signs message (not hashed before), for several threads at once. ret_signature gets 64 bytes, or
 * 69 of a hardware key (signature, flags, counter). BG_ERR_AGENT (also for a signature that is not
 * good, and at once for a while where the agent has used up somebody's patience),
 * BG_ERR_AGENT_REFUSED. */
BG_MUST_USE enum bg_error bg_signing_key_sign(struct bg_signing_key *key, struct bg_bytes message,
                                              uint8_t ret_signature[static BG_SIGNATURE_MAX],
                                              size_t *ret_len);

/* A new token with one signature. If it is too long, BG_ERR_TOO_LARGE and
 * ret_longest_claim (may be NULL) names the claim to shorten. */
BG_MUST_USE enum bg_error bg_mint(struct bg_signing_key *key, const struct bg_claims *claims,
                                  char ret_text[static BG_TOKEN_TEXT_MAX + 1],
                                  const char **ret_longest_claim);
/* The token with one signature more. BG_ERR_EXISTS if this key has signed
 * already, BG_ERR_RANGE if it has BG_SIGNATURES_MAX, BG_ERR_TOO_LARGE,
 * BG_REFUSED_TOO_LONG, BG_REFUSED_MALFORMED, BG_REFUSED_BAD_CLAIMS. */
BG_MUST_USE enum bg_error bg_cosign(struct bg_signing_key *key, const char *text,
                                    char ret_text[static BG_TOKEN_TEXT_MAX + 1],
                                    const char **ret_longest_claim);

/* One more signature over a token's claims, as bg_cosign() makes it, by itself: what an approval
 * is. ret_value gets 64 or 69 bytes. BG_ERR_TOO_LARGE, and those of bg_signing_key_sign(). */
BG_MUST_USE enum bg_error bg_sign_claims(struct bg_signing_key *key, struct bg_bytes payload,
                                         uint8_t ret_value[static BG_SIGNATURE_MAX],
                                         size_t *ret_len);

/* A revocation list with this key's signature, appended to buf. BG_ERR_RANGE, BG_ERR_TOO_LARGE,
 * BG_ERR_NOMEM, and those of bg_signing_key_sign(). */
BG_MUST_USE enum bg_error bg_sign_revocations(struct bg_signing_key *key,
                                              const struct bg_revocations_content *content,
                                              struct bg_buf *buf);
/* An approver's signature that this key is revoked. ret_value gets 64 or 69 bytes. */
BG_MUST_USE enum bg_error bg_sign_revoked_key(struct bg_signing_key *key,
                                              const uint8_t sha256[static BG_SHA256_SIZE],
                                              uint8_t ret_value[static BG_SIGNATURE_MAX],
                                              size_t *ret_len);

/* An SSHSIG blob over message, hash sha512, appended to buf. BG_ERR_TOO_LARGE,
 * and those of bg_signing_key_sign(). */
BG_MUST_USE enum bg_error bg_signing_key_sshsig(struct bg_signing_key *key, const char *namespace,
                                                struct bg_bytes message, struct bg_buf *buf);

/* An OpenSSH user certificate (PROTOCOL.certkeys) that carries a token. */
struct bg_user_certificate {
  struct bg_bytes holder; /* blob of a plain key, of any type that OpenSSH has certificates for */
  uint64_t serial;
  const char *key_id;    /* for sshd's log */
  const char *login;     /* the one principal */
  uint64_t valid_after;  /* Unix seconds */
  uint64_t valid_before; /* UINT64_MAX: without limit */
  const char *token;     /* in the extension token@breakglass */
};
/* Whether the blob is a key that bg_certify() takes. */
bool bg_certify_takes(struct bg_bytes holder);
/* Signs it with the CA's key: the line "TYPE BASE64" without LF, appended to buf. BG_ERR_SYNTAX for
 * a holder that is not one whole key, BG_ERR_KEY for one of another type or a CA key in hardware,
 * BG_ERR_TOO_LARGE, and those of bg_signing_key_sign(). */
BG_MUST_USE enum bg_error bg_certify(struct bg_signing_key *ca,
                                     const struct bg_user_certificate *certificate,
                                     struct bg_buf *buf);

#endif
