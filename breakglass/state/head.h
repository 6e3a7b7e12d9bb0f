/* SPDX-License-Identifier: BSD-2-Clause */
/* run/head: where the chain of events ends, and what every writer would
 * otherwise have to find out anew. Used only under the store's lock. */
#ifndef BREAKGLASS_STATE_HEAD_H
#define BREAKGLASS_STATE_HEAD_H

#include "breakglass/event.h"
#include "breakglass/taint.h"
#include "host_facts.h"

/* The file's bytes: it lives no longer than the boot, so the machine's own layout
 * does. magic changes with the layout; a head that cannot be read is made anew. */
struct bg_head {
  uint64_t magic;
  int64_t number; /* of the last event; 0 if there is none */
  uint8_t hash[BG_EVENT_HASH_SIZE];
  struct bg_host_facts facts;
  struct bg_taint taint;
};

/* Reads the head, or finds the newest event on disk (a scan of the folder); those
 * that wait on run/ are counted in by bg_pending_settle(). */
BG_MUST_USE enum bg_error bg_head_load(struct bg_head *ret_head);
/* Only the file: BG_ERR_NOT_FOUND if there is none that can be used. */
BG_MUST_USE enum bg_error bg_head_read(struct bg_head *ret_head);
/* Moves it on as far as the events on disk go, one by one. Errors: of bg_dir_open(). */
BG_MUST_USE enum bg_error bg_head_catch_up(struct bg_head *head);
/* The name of the next event is taken: moves it on to the newest event, or, where that is none of
 * this host's, past it. The chain is broken there. Errors: of bg_dir_open(). */
BG_MUST_USE enum bg_error bg_head_pass(struct bg_head *head);
/* When the newest event on disk was written, Unix seconds; 0 if there is none. */
int64_t bg_head_newest_time(void);
/* In place: a new file for each event would cost as much as the event's own. */
BG_MUST_USE enum bg_error bg_head_save(const struct bg_head *head);
/* The event with the next number is the newest now. */
void bg_head_advance(struct bg_head *head, struct bg_bytes event);
/* The hash for that event's `previous`; NULL if it is the first. */
const uint8_t *bg_head_previous(const struct bg_head *head);

/* run/tainted, for everybody to read. */
BG_MUST_USE enum bg_error bg_taint_show(const struct bg_taint *taint, int64_t number);

#endif
