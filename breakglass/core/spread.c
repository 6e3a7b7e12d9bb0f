/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "breakglass/spread.h"

#include <sodium.h>
#include <string.h>

int64_t bg_spread(int64_t span, const char *id, const char *use) {
  uint8_t hash[crypto_generichash_BYTES_MIN] = {0};
  (void)crypto_generichash(hash, sizeof hash, (const uint8_t *)id, strlen(id), (const uint8_t *)use,
                           strlen(use));
  const uint32_t share =
      (uint32_t)hash[0] << 24 | (uint32_t)hash[1] << 16 | (uint32_t)hash[2] << 8 | hash[3];
  return (int64_t)(((uint64_t)span * share) >> 32);
}
