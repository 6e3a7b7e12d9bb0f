/* SPDX-License-Identifier: BSD-2-Clause */
/* What all events of the host say together. */
#ifndef BREAKGLASS_CLI_TAINT_FOLD_H
#define BREAKGLASS_CLI_TAINT_FOLD_H

#include "breakglass/event_store.h"
#include "breakglass/host_clock.h"
#include "breakglass/taint.h"
#include "event_view.h"

struct taint_fold {
  char boot_id[BG_BOOT_ID_SIZE]; /* of this boot: sessions of earlier ones are over */
  struct bg_taint taint;
  uint8_t (*token_ids)[BG_TOKEN_ID_SIZE]; /* of all sessions, repeated ones too */
  size_t token_count;
  bool out_of_memory;
  int64_t vouched;    /* latest time that an issuer vouched for; 0 if none */
  int64_t count;      /* events */
  int64_t waiting;    /* of these, not on disk */
  int64_t dropped;    /* of these, all but a remnant */
  int64_t unreadable; /* of these: one that waits on /run stands in no chain that would miss it */
  int64_t head; /* number of the last one in the chain, as this boot knows; 0 if it does not */
  uint8_t head_hash[BG_EVENT_HASH_SIZE];
  int64_t last; /* number of the last one that was found */
  uint8_t hash[BG_EVENT_HASH_SIZE];
  bool chain_is_broken;
  int64_t broken_at;    /* the first number that does not follow from the one before */
  bool end_is_missing;  /* nothing is at broken_at, where this boot recorded an event */
  bool list_is_damaged; /* nobody knows what was dropped, at broken_at or before */
};

/* view is NULL if the event cannot be read; both are valid during the call. */
typedef void taint_fold_fn(const struct bg_stored_event *event, const struct event_view *view);

/* Reads the whole store; on_event, which may be NULL, sees each event once, in their
 * order. A chain that is broken is a taint. BG_ERR_IO, BG_ERR_UNSAFE. */
BG_MUST_USE enum bg_error taint_fold_events(taint_fold_fn *on_event, struct taint_fold *ret_fold);
void taint_fold_free(struct taint_fold *fold); /* of one that was made, or zeroed */

#define CHAIN_TEXT_SIZE 128
/* What is wrong with a chain that is broken, for people. */
void taint_fold_chain_text(const struct taint_fold *fold, char ret_text[static CHAIN_TEXT_SIZE]);

#endif
