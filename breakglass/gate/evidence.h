/* SPDX-License-Identifier: BSD-2-Clause */
/* What a person shows at the gate: the key that sshd verified, where they come
 * from, and the token, out of their certificate or their answer. */
#ifndef BREAKGLASS_GATE_EVIDENCE_H
#define BREAKGLASS_GATE_EVIDENCE_H

#include "gate_internal.h"

struct evidence {
  bool over_ssh;
  struct bg_ssh_key holder;    /* over SSH */
  char source[BG_SOURCE_SIZE]; /* numeric; empty on a console */
  char token[BG_TOKEN_TEXT_MAX + 2];
  bool answered; /* the token was typed in */
};

/* Asks for the token if it is not in a certificate. BG_REFUSED_NO_TOKEN,
 * BG_REFUSED_WRONG_HOLDER if sshd has verified no key, BG_ERR_NOMEM. What was
 * found out stays in *ret_evidence on failure: a refusal's record needs it. */
enum bg_error gate_collect(const struct bg_gate *gate, const struct bg_login *login,
                           struct evidence *ret_evidence);

#endif
