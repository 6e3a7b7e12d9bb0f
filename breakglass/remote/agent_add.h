/* SPDX-License-Identifier: BSD-2-Clause */
/* Adding a certified key to an ssh-agent: SSH_AGENTC_ADD_ID_CONSTRAINED (OpenSSH PROTOCOL.agent).
 */
#ifndef BREAKGLASS_REMOTE_AGENT_ADD_H
#define BREAKGLASS_REMOTE_AGENT_ADD_H

#include "holder.h"

#define AGENT_ADD_MAX 8192 /* bytes of the message */

/* Whether somebody listens at the socket. */
bool agent_answers(const char *path);

/* The message without its length, appended to buf: it holds the secret. BG_ERR_SYNTAX for what is
 * no line of an Ed25519 user certificate for this key, BG_ERR_TOO_LARGE. */
BG_MUST_USE enum bg_error agent_add_message(const struct holder *holder, const char *certificate,
                                            uint32_t lifetime, struct bg_buf *buf);
BG_MUST_USE enum bg_error agent_add(const char *path, const struct holder *holder,
                                    const char *certificate, uint32_t lifetime);

#endif
