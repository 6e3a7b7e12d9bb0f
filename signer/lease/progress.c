/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "progress.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>

#include "breakglass/host_clock.h"

#define COUNT_AT_ONCE 256

void courier_say(const struct courier *courier, const char *format, ...) {
  char text[512];
  va_list arguments;
  int len = snprintf(text, sizeof text, "leases: sink %s: ", courier->sink.name);
  va_start(arguments, format);
  (void)vsnprintf(text + len, sizeof text - (size_t)len, format, arguments);
  va_end(arguments);
  courier->leases->config.log(text);
}

bool courier_is_stopping(const struct courier *courier, int ms) {
  struct pollfd stopping = {.fd = courier->leases->stopping, .events = POLLIN};
  return poll(&stopping, 1, ms) > 0;
}

/* Tried again each second, without a pause that grows: it is our own. With the ledger taken. */
void progress_fail(struct courier *courier, const char *what, enum bg_error err) {
  if (!courier->ledger_failed) {
    courier_say(courier, "%s: %s (%s)", what, bg_strerror(err),
                ledger_reason(courier->leases->ledger));
  }
  courier->ledger_failed = courier->ledger_fails = true;
}

void progress_look(struct courier *courier) {
  if (courier->ledger_failed && !courier->ledger_fails) {
    courier_say(courier, "the ledger answers again");
    courier->ledger_failed = false;
  }
}

struct ledger *progress_take_ledger(const struct courier *courier) {
  (void)pthread_mutex_lock(&courier->leases->ledger_lock);
  return courier->leases->ledger;
}

void progress_give_ledger(const struct courier *courier) {
  (void)pthread_mutex_unlock(&courier->leases->ledger_lock);
}

/* What has come since: it is counted also while the sink takes nothing. */
struct counting {
  struct courier *courier;
  size_t lines;
};

static void count(struct courier *courier, const struct lease_entry *entry) {
  (void)pthread_mutex_lock(&courier->state_lock);
  struct lease_state *state = &courier->state;
  state->since = state->waiting == 0 ? entry->time : state->since;
  state->waiting += (int64_t)entry->hosts;
  (void)pthread_mutex_unlock(&courier->state_lock);
}

static bool count_line(void *context, int64_t number, struct bg_bytes line) {
  struct counting *counting = context;
  struct lease_entry entry;
  counting->lines++;
  counting->courier->seen = number;
  if (lease_entry_read(number, line, &entry)) {
    count(counting->courier, &entry);
  }
  return true;
}

/* Whether anything waits. */
bool progress_count(struct courier *courier) {
  struct counting counting = {.courier = courier, .lines = COUNT_AT_ONCE};
  enum bg_error err = BG_OK;
  while (err == BG_OK && counting.lines == COUNT_AT_ONCE && !courier_is_stopping(courier, 0)) {
    counting.lines = 0;
    err = ledger_entries(progress_take_ledger(courier), courier->seen + 1, COUNT_AT_ONCE,
                         count_line, &counting);
    if (err != BG_OK) {
      progress_fail(courier, "the ledger cannot be read", err);
    }
    progress_give_ledger(courier);
  }
  if (err == BG_OK && courier->state.waiting == 0) { /* this thread alone changes it */
    courier->done = courier->seen;
  }
  return err == BG_OK && courier->state.waiting > 0;
}

static void set_since(struct courier *courier, int64_t since) {
  (void)pthread_mutex_lock(&courier->state_lock);
  courier->state.since = since;
  (void)pthread_mutex_unlock(&courier->state_lock);
}

static bool queue_line(void *context, int64_t number, struct bg_bytes line) {
  struct courier *courier = context;
  if (number > courier->seen) {
    return false; /* not counted yet */
  }
  courier->queued += lease_entry_read(number, line, &courier->queue[courier->queued]);
  courier->done = courier->queued == 0 ? number : courier->done; /* nothing to deliver so far */
  return courier->queued < COURIER_QUEUE;
}

/* The next entries that have to be delivered; none if none is left. */
static enum bg_error fill_queue(struct courier *courier) {
  enum bg_error err = BG_OK;
  courier->at = courier->queued = 0;
  for (int64_t from = -1; err == BG_OK && courier->queued == 0 && from != courier->done;) {
    from = courier->done;
    err =
        ledger_entries(progress_take_ledger(courier), from + 1, COUNT_AT_ONCE, queue_line, courier);
    if (err != BG_OK) {
      progress_fail(courier, "the ledger cannot be read", err);
    }
    progress_give_ledger(courier);
  }
  if (courier->queued > 0) {
    set_since(courier, courier->queue[0].time);
  }
  return err;
}

/* Not the one of the ledger if that is behind: what was delivered is delivered. */
enum bg_error progress_read_cursor(struct courier *courier, struct ledger *ledger) {
  int64_t number = 0;
  enum bg_error err = ledger_cursor_get(ledger, courier->sink.name, &number);
  if (err == BG_OK && number > courier->done) { /* another service was here */
    courier->done = courier->seen = number;
    courier->at = courier->queued = courier->host = 0;
    (void)pthread_mutex_lock(&courier->state_lock);
    courier->state.waiting = courier->state.since = 0;
    (void)pthread_mutex_unlock(&courier->state_lock);
  }
  return err;
}

bool progress_owes_cursor(struct courier *courier) {
  (void)pthread_mutex_lock(&courier->state_lock);
  bool owes = courier->to_keep > courier->kept;
  (void)pthread_mutex_unlock(&courier->state_lock);
  return owes;
}

enum bg_error progress_put_cursor(struct courier *courier, struct ledger *ledger) {
  (void)pthread_mutex_lock(&courier->state_lock);
  courier->put = courier->to_keep;
  const bool owes = courier->put > courier->kept;
  (void)pthread_mutex_unlock(&courier->state_lock);
  return owes ? ledger_cursor_put(ledger, courier->sink.name, courier->put) : BG_OK;
}

void progress_cursor_kept(struct courier *courier) {
  (void)pthread_mutex_lock(&courier->state_lock);
  courier->kept = courier->put;
  (void)pthread_mutex_unlock(&courier->state_lock);
}

void progress_pass(struct courier *courier, size_t events, bool delivered) {
  (void)pthread_mutex_lock(&courier->state_lock);
  struct lease_state *state = &courier->state;
  state->waiting -= (int64_t)events < state->waiting ? (int64_t)events : state->waiting;
  state->delivered += delivered ? events : 0;
  state->since = state->waiting > 0 ? state->since : 0;
  (void)pthread_mutex_unlock(&courier->state_lock);
}

void progress_finish_entry(struct courier *courier) {
  const struct lease_entry *entry = &courier->queue[courier->at++];
  if (entry->hosts > courier->host) {
    progress_pass(courier, entry->hosts - courier->host, false);
  }
  courier->done = entry->number;
  courier->host = 0;
  (void)pthread_mutex_lock(&courier->state_lock);
  courier->to_keep = courier->done;
  (void)pthread_mutex_unlock(&courier->state_lock);
  if (courier->at < courier->queued) {
    set_since(courier, courier->queue[courier->at].time);
  }
}

bool progress_has_next(struct courier *courier) {
  return courier->at < courier->queued || (fill_queue(courier) == BG_OK && courier->queued > 0);
}

static enum bg_error write_first_cursor(const struct courier *courier, struct ledger *ledger) {
  enum bg_error err = ledger_begin(ledger);
  if (err != BG_OK) {
    return err;
  }
  err = ledger_cursor_put(ledger, courier->sink.name, courier->done);
  if (err != BG_OK) {
    ledger_rollback(ledger);
    return err;
  }
  return ledger_commit(ledger);
}

/* A sink that was never there begins here and now. */
enum bg_error progress_open(struct courier *courier, struct ledger *ledger) {
  uint8_t hash[LEDGER_HASH_SIZE];
  enum bg_error err = ledger_cursor_get(ledger, courier->sink.name, &courier->done);
  if (err == BG_ERR_NOT_FOUND) {
    err = ledger_head(ledger, &courier->done, hash);
    if (err == BG_OK) {
      err = write_first_cursor(courier, ledger);
    }
  }
  courier->seen = courier->to_keep = courier->kept = courier->done;
  return err;
}
