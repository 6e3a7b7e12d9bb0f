/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's key: what it signs its events with where they leave it over HTTP, as Standard Webhooks
 * has it for Ed25519. Whoever needs it first makes it. Reaches core, libsodium. */
#ifndef BREAKGLASS_EVENT_KEY_H
#define BREAKGLASS_EVENT_KEY_H

#include <sys/types.h>

#include "breakglass/buf.h"

#define BG_EVENT_KEY_PUBLIC_SIZE 50     /* "whpk_", 32 bytes in base64, and NUL */
#define BG_EVENT_SIGNATURE_SIZE 93      /* "v1a,", 64 bytes in base64, and NUL */
#define BG_EVENT_SIGNED_MAX (8192 + 96) /* bytes: id, time, body and what parts them */

struct bg_event_key; /* opaque, in libsodium's guarded memory */

/* Reads the key of the file: "whsk_", base64 of the 64 bytes of an Ed25519 secret key (seed and
 * public key), and a line end or none; root's or the owner's, and nobody else may read it. One that
 * is not there is made, mode 0600, and on disk when this returns; of several who make it at once
 * all get the same. One that is there is never replaced. After sodium_init(). BG_ERR_UNSAFE (also
 * of its folder), BG_ERR_SYNTAX (also for halves that do not belong together), BG_ERR_TOO_LARGE,
 * BG_ERR_DENIED, BG_ERR_NOT_FOUND (its folder), BG_ERR_NOMEM, BG_ERR_IO. */
BG_MUST_USE enum bg_error bg_event_key_open(const char *path, uid_t owner,
                                            struct bg_event_key **ret_key);
void bg_event_key_free(struct bg_event_key *key); /* wipes; takes NULL */

/* What receivers verify by. */
void bg_event_key_public(const struct bg_event_key *key,
                         char ret_text[static BG_EVENT_KEY_PUBLIC_SIZE]);

/* The value of webhook-signature over "ID.TIME.BODY"; time as webhook-timestamp says it, Unix
 * seconds. BG_ERR_TOO_LARGE if these are longer than BG_EVENT_SIGNED_MAX. */
BG_MUST_USE enum bg_error bg_event_key_sign(const struct bg_event_key *key, const char *id,
                                            int64_t time, struct bg_bytes body,
                                            char ret_text[static BG_EVENT_SIGNATURE_SIZE]);

#endif
