/* SPDX-License-Identifier: BSD-2-Clause */
/* OpenSSH user certificates (PROTOCOL.certkeys), which sshd has verified. Reaches core,
 * ssh_key.h. */
#ifndef BREAKGLASS_CERTIFICATE_H
#define BREAKGLASS_CERTIFICATE_H

#include "breakglass/ssh_key.h"

struct bg_certificate_kind {
  const char *name;  /* of the certificate's type */
  const char *plain; /* of the key's in it */
  unsigned fields;   /* of the plain key behind its name */
};
/* Of a plain key's type; NULL if there are no certificates for it. */
const struct bg_certificate_kind *bg_certificate_kind_of(struct bg_bytes plain);

struct bg_certificate {
  struct bg_ssh_key key; /* the plain key in it */
  bool has_token;
  struct bg_bytes token; /* what its extension BG_TOKEN_EXTENSION holds, in the blob */
};

/* Whether this is the name of a certificate's type. */
bool bg_certificate_is_type(struct bg_bytes name);
/* BG_ERR_SYNTAX for anything that is not exactly one user certificate. */
BG_MUST_USE enum bg_error bg_certificate_parse(struct bg_bytes blob,
                                               struct bg_certificate *ret_certificate);

#endif
