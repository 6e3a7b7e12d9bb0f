/* SPDX-License-Identifier: BSD-2-Clause */
/* Which entries of the ledger are of leases. Reaches core, service's JSON reading. */
#ifndef SIGNER_LEASE_ENTRY_H
#define SIGNER_LEASE_ENTRY_H

#include "../ledger/ledger.h"

struct lease_entry {
  int64_t number;
  int64_t time;                 /* when it was issued */
  char request[LEDGER_ID_SIZE]; /* empty if the line is damaged: it is no request's */
  size_t hosts;                 /* at least 1; one event each */
};

/* Whether the line is an entry of kind issue, and what it says then. */
bool lease_entry_read(int64_t number, struct bg_bytes line, struct lease_entry *ret_entry);

#endif
