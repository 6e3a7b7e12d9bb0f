/* SPDX-License-Identifier: BSD-2-Clause */
/* Handles of the ledger for those who only read, on the server's threads. */
#ifndef SIGNER_DESK_READERS_H
#define SIGNER_DESK_READERS_H

#include <pthread.h>

#include "../ledger/ledger.h"

#define READERS 4

struct readers {
  pthread_mutex_t mutex;
  pthread_cond_t freed;
  struct ledger *free[READERS];
  size_t count;
};

void readers_init(struct readers *readers);
void readers_close(struct readers *readers);
/* Waits until one is free. Give it back. */
struct ledger *readers_take(struct readers *readers);
/* Also how they come here first. */
void readers_give(struct readers *readers, struct ledger *ledger);

#endif
