/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "readers.h"

void readers_init(struct readers *readers) {
  (void)pthread_mutex_init(&readers->mutex, NULL);
  (void)pthread_cond_init(&readers->freed, NULL);
}

void readers_close(struct readers *readers) {
  for (size_t i = 0; i < readers->count; i++) {
    ledger_close(readers->free[i]);
  }
  readers->count = 0;
}

struct ledger *readers_take(struct readers *readers) {
  (void)pthread_mutex_lock(&readers->mutex);
  while (readers->count == 0) {
    (void)pthread_cond_wait(&readers->freed, &readers->mutex);
  }
  struct ledger *ledger = readers->free[--readers->count];
  (void)pthread_mutex_unlock(&readers->mutex);
  return ledger;
}

void readers_give(struct readers *readers, struct ledger *ledger) {
  (void)pthread_mutex_lock(&readers->mutex);
  readers->free[readers->count++] = ledger;
  (void)pthread_cond_signal(&readers->freed);
  (void)pthread_mutex_unlock(&readers->mutex);
}
