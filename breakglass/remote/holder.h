/* SPDX-License-Identifier: BSD-2-Clause */
/* A fresh key that holds one token: made in memory, never on disk, wiped. */
#ifndef BREAKGLASS_REMOTE_HOLDER_H
#define BREAKGLASS_REMOTE_HOLDER_H

#include "breakglass/ssh_key.h"

struct holder {
  uint8_t *secret; /* libsodium's 64 bytes, in its guarded memory; NULL: wiped */
  struct bg_ssh_key public;
};

BG_MUST_USE enum bg_error holder_make(struct holder *ret_holder);
void holder_free(struct holder *holder); /* wipes; of one that was made, or zeroed */

#endif
