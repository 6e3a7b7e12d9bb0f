/* SPDX-License-Identifier: BSD-2-Clause */
/* Checkpoints of the ledger: signed notes (C2SP signed-note; docs/PROTOCOL.signer.md, section 5).
 * Reaches core, trusted_signers.h. */
#ifndef BREAKGLASS_NOTE_H
#define BREAKGLASS_NOTE_H

#include "breakglass/trusted_signers.h"

#define BG_NOTE_MAX 4096
#define BG_NOTE_SIGNATURES_MAX 16
#define BG_NOTE_KEY_ID_SIZE 4

/* How far the service's ledger reaches: the number and the hash of its last line. */
struct bg_checkpoint {
  char issuer[BG_NAME_SIZE];
  int64_t number; /* 0: it was empty, and the hash is zeros */
  uint8_t hash[BG_SHA256_SIZE];
};

/* The first bytes of SHA-256(name, LF, 0x01, public key): whose a signature claims to be. */
void bg_note_key_id(const char *name, const struct bg_ssh_key *key,
                    uint8_t ret_id[static BG_NOTE_KEY_ID_SIZE]);

/* Writes one: its text, which is what is signed; then the line of a signature over it. Both append
 * to buf. */
void bg_note_put_text(const struct bg_checkpoint *checkpoint, struct bg_buf *buf);
void bg_note_put_signature(const char *name, const struct bg_ssh_key *key,
                           struct bg_bytes signature, struct bg_buf *buf);

/* Reads a checkpoint that an issuer key of its own service, trusted at this time, has signed.
 * Signatures of other keys may stand beside it. BG_ERR_SYNTAX: it is none; BG_ERR_NOT_FOUND: no
 * trusted key has signed it; BG_REFUSED_BAD_SIGNATURE: one that claims to be of a trusted key is
 * not good. */
BG_MUST_USE enum bg_error bg_checkpoint_read(struct bg_bytes note,
                                             const struct bg_trusted_signers *signers, int64_t at,
                                             struct bg_checkpoint *ret_checkpoint);

#endif
