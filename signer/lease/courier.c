/* SPDX-License-Identifier: BSD-2-Clause */
/* A round begins when entries wait and the pause after a failure is over; it ends when none is
 * left, or at the first failure. Of several services one does it at a time. */
#include <config.h>

#include "courier.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/host_clock.h"
#include "progress.h"

#define LOOK_MS 1000
#define KEPT_LOOK_MS 50
#define PAUSE_MAX 60    /* seconds between attempts; the first is 1 */
#define SAY_EACH 3600   /* seconds, while it fails for the same reason */
#define KEPT_SECONDS 3  /* the cursor is written each second */
#define BUSY_SECONDS 60 /* for which another service may stand still */

/* Said once for each reason, and not at every attempt. */
static void say_failure(struct courier *courier, const struct lease_entry *entry, const char *host,
                        const char *reason) {
  const int64_t now = bg_clock_boottime();
  if (courier->failed_in_a_row > 0 && strcmp(courier->said, reason) == 0 &&
      now < courier->said_at + SAY_EACH) {
    return;
  }
  courier_say(courier, "entry %" PRId64 " for %s: %s; it is tried again until it works",
              entry->number, host, reason);
  bg_text_fit(sizeof courier->said, courier->said, reason);
  courier->said_at = now;
}

static void fail(struct courier *courier) {
  courier->pause = courier->pause == 0 ? 1 : 2 * courier->pause;
  courier->pause = courier->pause < PAUSE_MAX ? courier->pause : PAUSE_MAX;
  courier->next_try = bg_clock_boottime() + courier->pause;
  (void)pthread_mutex_lock(&courier->state_lock);
  courier->state.failures++;
  (void)pthread_mutex_unlock(&courier->state_lock);
  courier->failed_in_a_row++;
}

static void succeed(struct courier *courier) {
  if (courier->failed_in_a_row > 0) {
    courier_say(courier, "it works again, after %" PRIu64 " failures", courier->failed_in_a_row);
  }
  courier->failed_in_a_row = 0;
  courier->pause = 0;
}

static bool deliver_host(struct courier *courier, const struct lease_entry *entry,
                         const struct lease *lease) {
  struct lease_event event;
  char reason[SINK_REASON_SIZE] = "";
  enum bg_error err = lease_event_make(courier->leases->config.issuer, entry->number, entry->time,
                                       lease, courier->host, &event);
  if (err != BG_OK) {
    courier_say(courier, "entry %" PRId64 ", host %zu of %zu: no event can be made of it: %s",
                entry->number, courier->host + 1, entry->hosts, bg_strerror(err));
    progress_pass(courier, courier->host < entry->hosts, false);
    return true;
  }
  if (!courier->sink.deliver(&courier->sink, &event, courier->leases->stopping, reason)) {
    if (!courier_is_stopping(courier, 0)) {
      say_failure(courier, entry, lease->claims.audiences[courier->host], reason);
      fail(courier);
    }
    return false;
  }
  succeed(courier);
  progress_pass(courier, courier->host < entry->hosts, true);
  return true;
}

static enum bg_error read_lease(struct courier *courier, const struct lease_entry *entry,
                                struct lease *ret_lease) {
  enum bg_error err =
      courier->leases->config.read(progress_take_ledger(courier), entry->request, ret_lease);
  const bool gone = err == BG_ERR_NOT_FOUND || err == BG_ERR_SYNTAX;
  if (err != BG_OK && !gone) {
    progress_fail(courier, "a request cannot be read", err);
  }
  progress_give_ledger(courier);
  return gone ? BG_ERR_NOT_FOUND : err;
}

/* True: go on with the next. A record that is damaged must not keep those after it; whoever reads
 * the log finds its entry. */
static bool deliver_entry(struct courier *courier) {
  const struct lease_entry *entry = &courier->queue[courier->at];
  struct lease lease;
  enum bg_error err = read_lease(courier, entry, &lease);
  if (err == BG_ERR_NOT_FOUND) {
    courier_say(courier, "entry %" PRId64 " is passed over: what was issued there cannot be read",
                entry->number);
  } else if (err != BG_OK) {
    return false;
  }
  for (; err == BG_OK && courier->host < lease.claims.audience_count; courier->host++) {
    if (!deliver_host(courier, entry, &lease)) {
      return false;
    }
  }
  progress_finish_entry(courier);
  return true;
}

/* One whose machine is gone can hold it for as long as the server does not see that. */
static void look_at_busy(struct courier *courier, bool busy, bool further) {
  const int64_t now = bg_clock_boottime();
  if (!busy || further || courier->busy_since == 0) {
    courier->busy_since = busy ? now : 0;
    courier->busy_said = false;
  } else if (!courier->busy_said && now - courier->busy_since > BUSY_SECONDS) {
    courier_say(courier, "another service holds it for %" PRId64 " s, and comes no further",
                now - courier->busy_since);
    courier->busy_said = true;
  }
}

/* BG_ERR_BUSY: another service delivers. */
static enum bg_error claim(struct courier *courier) {
  const int64_t done = courier->done;
  struct ledger *ledger = progress_take_ledger(courier);
  enum bg_error err = ledger_claim(ledger, courier->sink.name);
  enum bg_error read = BG_OK;
  if (err == BG_OK || err == BG_ERR_BUSY) {
    read = progress_read_cursor(courier, ledger);
    look_at_busy(courier, err == BG_ERR_BUSY, courier->done > done);
  }
  if (err == BG_OK && read != BG_OK) {
    ledger_release(ledger, courier->sink.name);
    err = read;
  }
  if (err != BG_OK && err != BG_ERR_BUSY) {
    progress_fail(courier, "the ledger does not say how far it is", err);
  }
  progress_give_ledger(courier);
  return err;
}

/* Whoever claims it next begins where the ledger says. */
static void await_cursor(struct courier *courier) {
  const int64_t until = bg_clock_boottime() + KEPT_SECONDS;
  if (!ledger_is_shared(courier->leases->ledger)) {
    return;
  }
  while (progress_owes_cursor(courier) && bg_clock_boottime() < until &&
         !courier_is_stopping(courier, KEPT_LOOK_MS)) {
  }
}

/* At the stop it is kept until the cursor is written, and goes with the connection. */
static void release(struct courier *courier) {
  await_cursor(courier);
  if (courier_is_stopping(courier, 0)) {
    return;
  }
  ledger_release(progress_take_ledger(courier), courier->sink.name);
  progress_give_ledger(courier);
}

static void round_of(struct courier *courier) {
  if (courier_is_stopping(courier, 0) || claim(courier) != BG_OK) {
    return;
  }
  while (!courier_is_stopping(courier, 0) && progress_has_next(courier) && deliver_entry(courier)) {
  }
  release(courier);
}

static void *run(void *context) {
  struct courier *courier = context;
  do {
    courier->ledger_fails = false;
    if (!progress_count(courier)) {
      look_at_busy(courier, false, false);
    } else if (bg_clock_boottime() >= courier->next_try) {
      round_of(courier);
    }
    progress_look(courier);
  } while (!courier_is_stopping(courier, LOOK_MS));
  return NULL;
}

enum bg_error courier_start(struct leases *leases, struct sink *sink,
                            struct courier **ret_courier) {
  struct courier *courier = calloc(1, sizeof *courier);
  if (courier == NULL) {
    return BG_ERR_NOMEM;
  }
  courier->leases = leases;
  courier->sink = *sink;
  (void)pthread_mutex_init(&courier->state_lock, NULL);
  bg_text_fit(sizeof courier->state.sink, courier->state.sink, sink->name);
  enum bg_error err = progress_open(courier, progress_take_ledger(courier));
  progress_give_ledger(courier);
  if (err == BG_OK && pthread_create(&courier->thread, NULL, run, courier) != 0) {
    err = BG_ERR_NOMEM;
  }
  if (err != BG_OK) {
    free(courier);
    return err;
  }
  *sink = (struct sink){0}; /* transferred */
  *ret_courier = courier;
  return BG_OK;
}

void courier_join(struct courier *courier) {
  (void)pthread_join(courier->thread, NULL);
}

void courier_free(struct courier *courier) {
  sink_close(&courier->sink);
  free(courier);
}
