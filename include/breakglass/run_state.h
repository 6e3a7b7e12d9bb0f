/* SPDX-License-Identifier: BSD-2-Clause */
/* What the host remembers within one boot: spent tokens and since when, the
 * latest vouched time, the challenge, who was told. All on the tmpfs of
 * bg_paths()->run. Reaches core, token.h. */
#ifndef BREAKGLASS_RUN_STATE_H
#define BREAKGLASS_RUN_STATE_H

#include "breakglass/host_clock.h"
#include "breakglass/token.h"

/* Makes what is missing of the folders in run/ and reads the spent store's
 * epoch; if the store or its epoch is found alone, both begin anew now.
 * BG_ERR_UNSAFE if a folder is not root's alone. */
BG_MUST_USE enum bg_error bg_run_state_prepare(int64_t now, int64_t *ret_epoch);

/* Consumes a token id: BG_OK for exactly one caller this boot, BG_REFUSED_ALREADY_USED
 * for all others, BG_ERR_IO if it cannot be recorded. */
BG_MUST_USE enum bg_error bg_spent_consume(const uint8_t id[static BG_TOKEN_ID_SIZE]);
/* Whether it is consumed already: a hint that spares costly steps. */
bool bg_spent_has(const uint8_t id[static BG_TOKEN_ID_SIZE]);

/* Latest vouched time: never before bg_clock_built(). */
int64_t bg_mark_read(void);
/* Raises the mark; a lower value is ignored. */
BG_MUST_USE enum bg_error bg_mark_raise(int64_t vouched);

struct bg_challenges {
  uint8_t values[2][BG_NONCE_SIZE]; /* newest first */
  size_t count;
};
/* Those in force: made at the first call of a boot, renewed hourly on
 * CLOCK_BOOTTIME, the previous one good for one hour more. */
BG_MUST_USE enum bg_error bg_challenges_read(struct bg_challenges *ret_challenges);

/* Whether this connection's person has been told already; marks it as told.
 * A bounded table: a collision at worst tells twice. */
bool bg_told_before(const struct bg_process *connection);

#endif
