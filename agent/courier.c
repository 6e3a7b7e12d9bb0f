/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "courier.h"

#include <stdlib.h>
#include <string.h>

#include "breakglass/host_clock.h"
#include "log.h"
#include "round.h"

#define PAUSE_MIN INT64_C(1000) /* ms after the first failure; then twice as long each time */
#define PAUSE_MAX INT64_C(60000)
#define LINGER INT64_C(20000) /* ms without an event, before a sink may rest */
#define SAY_EACH 3600         /* seconds, while it fails for the same reason */

struct courier {
  const struct courier_place *place;
  struct sink sink;
  pthread_t thread;
  struct round round; /* the thread's own, as these are */
  int64_t pause;      /* how long the next one is, and: */
  struct horizon_pause paused;
  int64_t rest_at; /* as bg_clock_ms() tells it */
  int64_t said_at; /* CLOCK_BOOTTIME seconds */
  char said[SINK_REASON_SIZE];
  pthread_mutex_t lock; /* of what is shown */
  struct courier_state state;
};

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
static void say_oddities(struct courier *courier, bool delivered) {
  struct round *round = &courier->round;
  if (round->passed_over && (delivered || !round->failed)) {
    agent_log(LOG_LEVEL_WARNING,
              "sink %s: what could not be read was passed over; see breakglass status",
              courier->sink.name);
  }
  round->passed_over = false;
}

/* What comes meanwhile is tried soon all the same: a login may wait for it. */
static void fail(struct courier *courier) {
  const int64_t now = bg_clock_ms();
  say_failure(courier);
  courier->pause = courier->pause == 0 ? PAUSE_MIN : 2 * courier->pause;
  courier->pause = courier->pause < PAUSE_MAX ? courier->pause : PAUSE_MAX;
  courier->paused = (struct horizon_pause){.until = now + horizon_jitter(courier->pause),
                                           .soonest = now + horizon_jitter(PAUSE_MIN),
                                           .tried = courier->round.last};
}

/* Not when some of them went through: all did. */
static void succeed(struct courier *courier) {
  if (courier->said[0] != '\0') {
    agent_log(LOG_LEVEL_NOTICE, "sink %s: it works again", courier->sink.name);
  }
  courier->said[0] = '\0';
  courier->pause = 0;
  courier->paused = (struct horizon_pause){0};
}

static void show(struct courier *courier, bool delivered) {
  const struct round *round = &courier->round;
  const int64_t now = bg_clock_now();
  struct courier_state *state = &courier->state;
  (void)pthread_mutex_lock(&courier->lock);
  state->cursor = round->cursor;
  state->failures += round->failed;
  state->last_success = delivered ? now : state->last_success;
  state->failing = !round->failed ? 0 : state->failing != 0 && !delivered ? state->failing : now;
  bg_text_fit(sizeof state->reason, state->reason, round->failed ? round->reason : "");
  (void)pthread_mutex_unlock(&courier->lock);
  courier->place->changed(courier->place->context);
}

static bool make_step(struct courier *courier, int64_t last) {
  struct round *round = &courier->round;
  const uint64_t before = round->delivered;
  const bool goes_on = round_step(round, last);
  if (!horizon_has_ended(courier->place->horizon)) { /* or it was not waited for */
    say_oddities(courier, round->delivered > before);
    show(courier, round->delivered > before);
  }
  return goes_on;
}

static void rest(struct courier *courier) {
  courier->rest_at = INT64_MAX;
  courier->sink.rest(&courier->sink);
}

/* Returns how far the sink is known to be, -1 if it is to be tried again. */
static int64_t work(struct courier *courier, int64_t last) {
  while (make_step(courier, last)) {
  }
  courier->rest_at = courier->sink.rest != NULL ? bg_clock_ms() + LINGER : INT64_MAX;
  if (horizon_has_ended(courier->place->horizon)) {
    return -1;
  }
  if (courier->round.failed) {
    fail(courier);
    return -1;
  }
  succeed(courier);
  return last;
}

static void *run(void *context) {
  struct courier *courier = context;
  struct horizon *horizon = courier->place->horizon;
  int64_t known = -1;
  for (;;) {
    int64_t last = 0;
    switch (horizon_await(horizon, known, &courier->paused, courier->rest_at, &last)) {
    case HORIZON_MOVED:
      known = work(courier, last);
      break;
    case HORIZON_STANDS:
      rest(courier);
      break;
    case HORIZON_ENDED:
      sink_close(&courier->sink); /* here: it may hang as well as any delivery */
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
  courier->round = round_begin(&courier->sink, place->horizon->cancel);
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

bool courier_stop(struct courier *courier, int64_t until) {
  if (!horizon_join(courier->thread, until)) {
    return false;
  }
  (void)pthread_mutex_destroy(&courier->lock);
  free(courier);
  return true;
}
