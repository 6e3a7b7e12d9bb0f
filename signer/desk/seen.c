/* SPDX-License-Identifier: BSD-2-Clause */
/* Nonces of calls that only read: remembered here, for as long as their time is accepted. Those of
 * calls that write are in the ledger. */
#include <config.h>

#include "seen.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/host_clock.h"

#define SLOTS 65536 /* a power of two */
#define PROBES 64
#define KEPT (2 * BG_CALL_SKEW + 1)

struct entry {
  uint8_t digest[16];
  int64_t until; /* on the boot's clock */
};

struct seen {
  pthread_mutex_t mutex;
  uint8_t key[crypto_shorthash_KEYBYTES]; /* nobody outside chooses where an entry falls */
  struct entry entries[SLOTS];
};

struct seen *seen_new(void) {
  struct seen *seen = calloc(1, sizeof *seen);
  if (seen != NULL) {
    (void)pthread_mutex_init(&seen->mutex, NULL);
    randombytes_buf(seen->key, sizeof seen->key);
  }
  return seen;
}

void seen_free(struct seen *seen) {
  free(seen);
}

static void digest_of(const struct caller *caller, uint8_t ret_digest[static 16]) {
  uint8_t both[BG_SHA256_SIZE + BG_CALL_NONCE_SIZE];
  memcpy(both, caller->key.sha256, BG_SHA256_SIZE);
  memcpy(both + BG_SHA256_SIZE, caller->call.nonce, BG_CALL_NONCE_SIZE);
  (void)crypto_generichash(ret_digest, 16, both, sizeof both, NULL, 0);
}

static enum bg_error add(struct seen *seen, const uint8_t digest[static 16], int64_t now) {
  uint64_t start = 0;
  struct entry *place = NULL;
  (void)crypto_shorthash((uint8_t *)&start, digest, 16, seen->key);
  for (size_t i = 0; i < PROBES; i++) {
    struct entry *entry = &seen->entries[(start + i) & (SLOTS - 1)];
    if (entry->until <= now) {
      place = place == NULL ? entry : place;
    } else if (memcmp(entry->digest, digest, sizeof entry->digest) == 0) {
      return BG_ERR_EXISTS;
    }
  }
  if (place == NULL) {
    return BG_ERR_BUSY;
  }
  memcpy(place->digest, digest, sizeof place->digest);
  place->until = now + KEPT;
  return BG_OK;
}

enum bg_error seen_add(struct seen *seen, const struct caller *caller) {
  uint8_t digest[16];
  digest_of(caller, digest);
  (void)pthread_mutex_lock(&seen->mutex);
  enum bg_error err = add(seen, digest, bg_clock_boottime());
  (void)pthread_mutex_unlock(&seen->mutex);
  return err;
}
