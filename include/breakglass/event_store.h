/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading and keeping the store of events: what the command line (later the
 * agent) needs of it besides recording. Reaches core, event.h. */
#ifndef BREAKGLASS_EVENT_STORE_H
#define BREAKGLASS_EVENT_STORE_H

#include "breakglass/event.h"
#include "breakglass/file.h"

enum bg_event_place { BG_EVENT_ON_DISK, BG_EVENT_DROPPED, BG_EVENT_ON_RUN, BG_EVENT_LOOSE };

struct bg_stored_event {
  enum bg_event_place place;
  int64_t number;        /* of its name; 0 while it has none */
  struct bg_bytes bytes; /* its line; empty if it cannot be read safely; of one that was dropped
                            what is left of it, an event of fewer members */
  enum bg_error error;   /* why not: of bg_file_read(), BG_OK if it was read; where it is
                            BG_EVENT_DROPPED, without a number: the list of those cannot be read to
                            its end, and more may have been dropped than were seen */
  uint8_t hash[BG_EVENT_HASH_SIZE]; /* of one that was dropped: bg_event_hash() of its line */
};

/* Returns false to stop. */
typedef bool bg_event_fn(void *context, const struct bg_stored_event *event);

/* Every event in the order of the numbers, dropped ones in their place, those that wait on run/
 * last. Takes no lock: what is recorded meanwhile may be missed, but none before one that is not.
 * BG_ERR_IO if a folder cannot be read, BG_ERR_UNSAFE if others can write to it. */
BG_MUST_USE enum bg_error bg_events_each(bg_event_fn *on_event, void *context);

/* The one event of a number: on disk, or on run/ if it will stay there as it is, as an event does
 * that was recorded while the disk took none. The file is the caller's to free; what is in it ends
 * with the event's line. BG_ERR_NOT_FOUND if no event has the number, or only one that is still
 * being recorded; BG_ERR_BUSY if the folder of events cannot be looked into now, so that nobody
 * knows; other errors as bg_file_read() tells them of the event's file. */
BG_MUST_USE enum bg_error bg_event_get(int64_t number, struct bg_file *ret_file,
                                       enum bg_event_place *ret_place);

/* The least number behind `number` under which a file lies, event or not; INT64_MAX if there is
 * none. A scan of the folders. BG_ERR_IO. */
BG_MUST_USE enum bg_error bg_event_next(int64_t number, int64_t *ret_next);

/* What the next event's `previous` is. */
void bg_event_hash(struct bg_bytes event, uint8_t ret_hash[static BG_EVENT_HASH_SIZE]);

/* The last event that was recorded, as this boot remembers it, and its hash. BG_ERR_NOT_FOUND if it
 * remembers none. */
BG_MUST_USE enum bg_error bg_event_store_head(int64_t *ret_number,
                                              uint8_t ret_hash[static BG_EVENT_HASH_SIZE]);

/* Numbers what waits on run/ and brings it to disk. *ret_last is then the number of the last event,
 * 0 if it cannot be known: one on disk with a greater number may not have been waited for.
 * BG_ERR_IO if the disk does not take what waits, BG_ERR_BUSY. */
BG_MUST_USE enum bg_error bg_event_store_settle(int64_t *ret_last);

/* Prepares files for the next events, at a time when nobody waits at a prompt. Never
 * needed: an event without one is written to a new file. Waits for the disk without the lock.
 * BG_ERR_IO if the disk does not take them, BG_ERR_NOT_FOUND and BG_ERR_UNSAFE of the folder. */
BG_MUST_USE enum bg_error bg_event_store_provide(void);

/* Bytes that the folder of events takes of the disk, as du(1) counts them. BG_ERR_IO. */
BG_MUST_USE enum bg_error bg_event_store_size(int64_t *ret_bytes);

/* What is to be left of an event that is dropped: a line of JSON that bg_event_glance() still
 * reads, or is no session's. */
struct bg_event_remnant {
  int64_t number;
  struct bg_bytes line; /* with its line end */
};

/* Gives up the files of some events on disk, and keeps their numbers, hashes and remnants; at least
 * one, sorted by number. What is dropped was listed first: whoever is killed meanwhile has lost
 * none. BG_ERR_RANGE, and none is dropped, if the last event is among them, by which the next one
 * is numbered; BG_ERR_SYNTAX if the list is damaged; BG_ERR_TOO_LARGE if it would be; BG_ERR_BUSY;
 * BG_ERR_NOMEM; BG_ERR_IO if the disk does not take the list, or keeps a file; errors of
 * bg_dir_open() and of bg_file_read_at(). */
BG_MUST_USE enum bg_error bg_events_drop(const struct bg_event_remnant *items, size_t count);

#endif
