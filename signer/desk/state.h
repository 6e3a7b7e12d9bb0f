/* SPDX-License-Identifier: BSD-2-Clause */
/* What the desk is made of, for its own files. */
#ifndef SIGNER_DESK_STATE_H
#define SIGNER_DESK_STATE_H

#include <pthread.h>

#include "../lease/lease.h"
#include "breakglass/mint.h"
#include "desk.h"
#include "readers.h"

/* Rules and keys as they are in force; replaced as a whole. */
struct book {
  struct bg_issuing *issuing;
  struct bg_trusted_signers signers;
};

struct desk {
  struct desk_config config;
  struct bg_issuing_settings settings;
  struct bg_signing_key *issuer;
  struct bg_signing_key *ca; /* NULL: no certificates */
  pthread_rwlock_t book_lock;
  struct book book;
  struct readers readers;
  struct seen *seen;
  struct revoked *revoked;
  struct writer *writer;
  struct leases *leases; /* NULL: nobody is told of any */
  struct counters {
    uint64_t requests, issued, denied, refused, unauthorised, revocations, failures;
  } counters; /* __atomic */
};

#define DESK_COUNT(desk, counter)                                                                  \
  ((void)__atomic_add_fetch(&(desk)->counters.counter, 1, __ATOMIC_RELAXED))

void desk_log(const struct desk *desk, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
