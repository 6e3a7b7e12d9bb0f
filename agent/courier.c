/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "courier.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/host_clock.h"
#include "log.h"
#include "round.h"

#define PAUSE_MIN INT64_C(1000) /* ms after the first failure; then twice as long each time */
#define PAUSE_MAX INT64_C(60000)
#define LINGER INT64_C(20000) /* ms without an event, before a sink may rest */
#define SLICE 1000            /* events */
#define SAY_EACH 3600         /* seconds, while it fails for the same reason */

struct courier {
  const struct courier_place *place;
  struct sink sink;
  pthread_t thread;
  struct round round; /* the thread's own, as these are */
  int64_t pause;
  int64_t not_before; /* as horizon_clock() tells it, as this one is: */
  int64_t rest_at;
  int64_t said_at; /* CLOCK_BOOTTIME seconds */
  char said[SINK_REASON_SIZE];
  pthread_mutex_t lock; /* of what is shown */
  struct courier_state state;
};

/* Hosts that were kept waiting together do not come back together. */
static int64_t with_jitter(int64_t pause) {
  return pause / 2 + (int64_t)randombytes_uniform((uint32_t)pause);
}

/* Once for each reason, and not at each attempt. */
static void say_failure(struct courier *courier) {
  const int64_t now = bg_clock_boottime();
  const char *reason = courier->round.reason;
  if (strcmp(courier->said, reason) == 0 && now < courier->said_at + SAY_EACH) {
    return;
  }
  agent_log(LOG_LEVEL_WARNING, "sink %s: %s; it is tried again until it works", courier->sink.name,
            reason);
  bg_text_fit(sizeof courier->said, courier->said, reason);
  courier->said_at = now;
}

/* Not while the event behind it cannot be delivered: that would be at each attempt. */
static void say_oddities(struct courier *courier) {
  const struct round *round = &courier->round;
  if (round->passed_over && (round->delivered > 0 || !round->failed)) {
    agent_log(LOG_LEVEL_WARNING,
              "sink %s: what could not be read was passed over; see breakglass status",
              courier->sink.name);
  }
}

static void fail(struct courier *courier) {
  say_failure(courier);
  courier->pause = courier->pause == 0 ? PAUSE_MIN : 2 * courier->pause;
  courier->pause = courier->pause < PAUSE_MAX ? courier->pause : PAUSE_MAX;
  courier->not_before = horizon_clock() + with_jitter(courier->pause);
}

static void succeed(struct courier *courier) {
  if (courier->said[0] != '\0') {
    agent_log(LOG_LEVEL_NOTICE, "sink %s: it works again", courier->sink.name);
  }
  courier->said[0] = '\0';
  courier->pause = 0;
  courier->not_before = 0;
}

static void show(struct courier *courier) {
  const struct round *round = &courier->round;
  const int64_t now = bg_clock_now();
  struct courier_state *state = &courier->state;
  (void)pthread_mutex_lock(&courier->lock);
  state->cursor = round->cursor;
  state->delivered += round->delivered;
  state->failures += round->failed;
  state->last_success = round->delivered > 0 ? now : state->last_success;
  const bool still = state->failing != 0 && round->delivered == 0;
  state->failing = !round->failed ? 0 : still ? state->failing : now;
  bg_text_fit(sizeof state->reason, state->reason, round->failed ? round->reason : "");
  (void)pthread_mutex_unlock(&courier->lock);
  courier->place->changed(courier->place->context);
}

/* Towards the horizon, until a failure. Returns how far it was to go: of many events a part, so
 * that what is shown moves along. */
static int64_t make_round(struct courier *courier, int64_t last) {
  struct round *round = &courier->round;
  round->last = round->cursor < last - SLICE ? round->cursor + SLICE : last;
  round->delivered = 0;
  round->failed = round->passed_over = false;
  round_run(round);
  say_oddities(courier);
  if (round->delivered > 0 || !round->failed) {
    succeed(courier);
  }
  if (round->failed) {
    fail(courier);
  }
  show(courier);
  return round->last;
}

static void rest(struct courier *courier) {
  courier->rest_at = INT64_MAX;
  courier->sink.rest(&courier->sink);
}

/* Returns how far the sink is known to be, -1 if it is to be tried again. */
static int64_t work(struct courier *courier, int64_t last) {
  const int64_t reached = make_round(courier, last);
  courier->rest_at = courier->sink.rest != NULL ? horizon_clock() + LINGER : INT64_MAX;
  return courier->round.failed ? -1 : reached;
}

static void *run(void *context) {
  struct courier *courier = context;
  struct horizon *horizon = courier->place->horizon;
  int64_t known = -1;
  for (;;) {
    int64_t last = 0;
    switch (horizon_await(horizon, known, courier->not_before, courier->rest_at, &last)) {
    case HORIZON_MOVED:
      known = work(courier, last);
      break;
    case HORIZON_STANDS:
      rest(courier);
      break;
    case HORIZON_ENDED:
      return NULL;
    }
  }
}

enum bg_error courier_start(const struct courier_place *place, struct sink *sink,
                            struct courier **ret_courier) {
  struct courier *courier = calloc(1, sizeof *courier);
  if (courier == NULL) {
    return BG_ERR_NOMEM;
  }
  courier->place = place;
  courier->sink = *sink;
  courier->round = round_begin(&courier->sink, 0, place->horizon->cancel);
  courier->state.cursor = courier->round.cursor;
  courier->rest_at = INT64_MAX;
  bg_text_fit(sizeof courier->state.sink, courier->state.sink, sink->name);
  (void)pthread_mutex_init(&courier->lock, NULL);
  if (pthread_create(&courier->thread, NULL, run, courier) != 0) {
    (void)pthread_mutex_destroy(&courier->lock);
    free(courier);
    return BG_ERR_NOMEM;
  }
  *sink = (struct sink){0}; /* it is the courier's */
  *ret_courier = courier;
  return BG_OK;
}

void courier_state(struct courier *courier, struct courier_state *ret_state) {
  (void)pthread_mutex_lock(&courier->lock);
  *ret_state = courier->state;
  (void)pthread_mutex_unlock(&courier->lock);
}

void courier_stop(struct courier *courier) {
  (void)pthread_join(courier->thread, NULL);
  (void)pthread_mutex_destroy(&courier->lock);
  sink_close(&courier->sink);
  free(courier);
}
