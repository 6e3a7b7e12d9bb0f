/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "turnover.h"

#include <stdbool.h>

#include "breakglass/spread.h"

#define USE "breakglass lifetime 1"

enum bg_error turnover_of(const struct turnover *policy, const char *host_id,
                          struct turnover *ret_host) {
  bool none = policy->polite == 0 && policy->forced == 0;
  bool good =
      policy->polite > 0 && policy->polite <= policy->forced && policy->forced <= TURNOVER_AGE_MAX;
  if (!none && !good) {
    return BG_ERR_RANGE;
  }
  const int64_t window = policy->forced - policy->polite;
  const int64_t share = bg_spread(window, host_id, USE);
  *ret_host = (struct turnover){
      .polite = policy->polite + share,
      .forced = policy->forced - (window - share) / 2,
  };
  return BG_OK;
}
