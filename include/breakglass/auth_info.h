/* SPDX-License-Identifier: BSD-2-Clause */
/* What sshd says that it has verified: the PAM environment variable
 * SSH_AUTH_INFO_0 (sshd_config(5), ExposeAuthInfo), and the OpenSSH certificate
 * (PROTOCOL.certkeys) that may stand in it. Reaches core, ssh_key.h. */
#ifndef BREAKGLASS_AUTH_INFO_H
#define BREAKGLASS_AUTH_INFO_H

#include "breakglass/ssh_key.h"

#define BG_AUTH_INFO_MAX 65536
#define BG_TOKEN_EXTENSION "token@breakglass"
#define BG_TOKEN_TEXT_MAX 1000 /* characters of a token */

struct bg_auth_info {
  struct bg_ssh_key holder; /* plain key; of a certificate, the inner one */
  bool has_certificate;
  bool has_token;                    /* the certificate carries the extension */
  char token[BG_TOKEN_TEXT_MAX + 2]; /* NUL-terminated; one longer than allowed is cut
                                        at MAX + 1, so that it is refused as too long */
};

/* Exactly one "publickey TYPE BASE64\n" line and nothing else. BG_ERR_NOT_FOUND
 * if empty, BG_ERR_SYNTAX otherwise, BG_ERR_TOO_LARGE, BG_ERR_NOMEM. A host
 * certificate, a duplicate or unsorted extension, and trailing bytes are BG_ERR_SYNTAX. */
BG_MUST_USE enum bg_error bg_auth_info_parse(const char *text, struct bg_auth_info *ret_info);

#endif
