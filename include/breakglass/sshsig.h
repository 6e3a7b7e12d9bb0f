/* SPDX-License-Identifier: BSD-2-Clause */
/* SSHSIG, the signatures of "ssh-keygen -Y sign" (OpenSSH PROTOCOL.sshsig, version 1), of Ed25519
 * and hardware Ed25519 keys. Reading and checking; making them is mint.h. Reaches core, ssh_key.h.
 */
#ifndef BREAKGLASS_SSHSIG_H
#define BREAKGLASS_SSHSIG_H

#include "breakglass/ssh_key.h"

#define BG_SSHSIG_MAX 1024 /* bytes of a blob */

struct bg_sshsig {
  struct bg_ssh_key key; /* as the blob names it: whether it is trusted is the caller's question */
  struct bg_bytes namespace; /* views into the blob */
  struct bg_bytes hash_name; /* "sha256" or "sha512" */
  uint8_t signature[64];
  uint8_t flags; /* hardware keys: those of the authenticator, and its counter */
  uint32_t counter;
};

/* BG_ERR_SYNTAX for anything but one whole blob of version 1 with nothing behind it, and a
 * signature of its key's type; BG_ERR_KEY for other types of keys, BG_ERR_UNSUPPORTED for other
 * hashes. A reserved field that is not empty is BG_ERR_SYNTAX, too: OpenSSH ignores it and signs
 * the empty one, so that what stands there is anybody's, and one signature would have many blobs.
 */
BG_MUST_USE enum bg_error bg_sshsig_parse(struct bg_bytes blob, struct bg_sshsig *ret_sig);

/* Whether message was signed so, under exactly this namespace; of a hardware key, by somebody who
 * was there (user presence) and for SSH (an application of "ssh:..."). BG_REFUSED_BAD_SIGNATURE. */
BG_MUST_USE enum bg_error bg_sshsig_verify(const struct bg_sshsig *sig, const char *namespace,
                                           struct bg_bytes message);

/* The blob, appended to buf: namespace, hash_name and signature as they are. */
void bg_sshsig_put(const struct bg_sshsig *sig, struct bg_buf *buf);

/* The bytes that the key signs: MAGIC, namespace, "", hash_name, H(message), appended to buf. */
BG_MUST_USE enum bg_error bg_sshsig_to_be_signed(struct bg_bytes namespace,
                                                 struct bg_bytes hash_name, struct bg_bytes message,
                                                 struct bg_buf *buf);

#endif
