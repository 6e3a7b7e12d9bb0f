/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "turnover.h"

#include <sodium.h>
#include <stdbool.h>
#include <string.h>

/* Another use of a hash of the id must not fall on the same hosts. */
#define CONTEXT "breakglass lifetime 1"

/* The id's share of 2^32. */
static uint32_t share_of(const char *host_id) {
  uint8_t hash[crypto_generichash_BYTES_MIN];
  (void)crypto_generichash(hash, sizeof hash, (const uint8_t *)host_id, strlen(host_id),
                           (const uint8_t *)CONTEXT, sizeof CONTEXT - 1);
  return (uint32_t)hash[0] << 24 | (uint32_t)hash[1] << 16 | (uint32_t)hash[2] << 8 | hash[3];
}

/* Rounded down: less than seconds, unless that is 0. */
static int64_t part_of(int64_t seconds, uint32_t share) {
  return (int64_t)(((uint64_t)seconds * share) >> 32);
}

enum bg_error turnover_of(const struct turnover *policy, const char *host_id,
                          struct turnover *ret_host) {
  bool none = policy->polite == 0 && policy->forced == 0;
  bool good =
      policy->polite > 0 && policy->polite <= policy->forced && policy->forced <= TURNOVER_AGE_MAX;
  if (!none && !good) {
    return BG_ERR_RANGE;
  }
  const int64_t window = policy->forced - policy->polite;
  const int64_t share = part_of(window, share_of(host_id));
  *ret_host = (struct turnover){
      .polite = policy->polite + share,
      .forced = policy->forced - (window - share) / 2,
  };
  return BG_OK;
}
