/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks the ledger's chain (docs/PROTOCOL.signer.md, section 4), line by line. It knows no store
 * and reads no JSON beyond what links the lines. Reaches core. */
#ifndef BREAKGLASS_CHAIN_H
#define BREAKGLASS_CHAIN_H

#include "breakglass/buf.h"

#define BG_CHAIN_HASH_SIZE 32
#define BG_CHAIN_LINE_MAX 16384

/* The last good line. Zeros stand before the first line of all; the number and hash of a trusted
 * checkpoint before those that follow it. */
struct bg_chain {
  int64_t number;
  uint8_t hash[BG_CHAIN_HASH_SIZE];
};

enum bg_chain_fault {
  BG_CHAIN_GOOD = 0,
  BG_CHAIN_TOO_LONG, /* BG_CHAIN_LINE_MAX was passed */
  BG_CHAIN_FORM,     /* does not begin exactly as an entry does, or holds a control character */
  BG_CHAIN_NUMBER,   /* not the next number */
  BG_CHAIN_PREVIOUS, /* its `previous` is not the hash of the line before */
  BG_CHAIN_FAULT_COUNT
};

/* Takes the next line, without its LF. A broken one is not taken: it stands where number
 * chain->number + 1 should. */
BG_MUST_USE enum bg_chain_fault bg_chain_take(struct bg_chain *chain, struct bg_bytes line);

/* "its number is not the next": what is wrong with a line, for people; static, never NULL. */
const char *bg_chain_fault_text(enum bg_chain_fault fault);

#endif
