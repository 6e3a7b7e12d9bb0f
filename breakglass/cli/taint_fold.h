/* SPDX-License-Identifier: BSD-2-Clause */
/* What all events of the host say together. */
#ifndef BREAKGLASS_CLI_TAINT_FOLD_H
#define BREAKGLASS_CLI_TAINT_FOLD_H

#include "breakglass/event_store.h"
#include "breakglass/host_clock.h"
#include "breakglass/taint.h"

struct taint_fold {
  char boot_id[BG_BOOT_ID_SIZE]; /* of this boot: sessions of earlier ones are over */
  struct bg_taint taint;
  int64_t vouched; /* latest time that an issuer vouched for; 0 if none */
  int64_t count;   /* events */
  int64_t waiting; /* of these, not on disk */
  int64_t last;    /* number of the last one in the chain */
  uint8_t hash[BG_EVENT_HASH_SIZE];
  bool chain_is_broken;
  int64_t broken_at; /* the first number that does not follow from the one before */
};

/* Reads the whole store. BG_ERR_IO, BG_ERR_UNSAFE. */
BG_MUST_USE enum bg_error taint_fold_events(struct taint_fold *ret_fold);

#endif
