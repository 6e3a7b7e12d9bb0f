/* SPDX-License-Identifier: BSD-2-Clause */
/* Signatures as Standard Webhooks (https://www.standardwebhooks.com) has them: HMAC-SHA256 over id,
 * time and body, by which the receiver knows who sent it, and that it is no old one. Reaches core.
 */
#ifndef SIGNER_LEASE_WEBHOOK_SIGNATURE_H
#define SIGNER_LEASE_WEBHOOK_SIGNATURE_H

#include "breakglass/text.h"

#define WEBHOOK_SECRET_MIN 24
#define WEBHOOK_SECRET_MAX 64
#define WEBHOOK_SIGNATURE_SIZE 48 /* "v1," and 32 bytes in base64, and NUL */

/* In libsodium's guarded memory. */
struct webhook_secret {
  uint8_t bytes[WEBHOOK_SECRET_MAX];
  size_t len;
};

/* "whsec_" and base64 of 24 to 64 bytes, and a line end or none. BG_ERR_SYNTAX, BG_ERR_NOMEM. */
BG_MUST_USE enum bg_error webhook_secret_new(struct bg_bytes text,
                                             struct webhook_secret **ret_secret);
void webhook_secret_free(struct webhook_secret *secret); /* wipes; takes NULL */

/* The value of webhook-signature; time as webhook-timestamp says it, Unix seconds. */
void webhook_sign(const struct webhook_secret *secret, const char *id, int64_t time,
                  struct bg_bytes body, char ret_text[static WEBHOOK_SIGNATURE_SIZE]);

#endif
