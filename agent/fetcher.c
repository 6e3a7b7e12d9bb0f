/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "fetcher.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/host_clock.h"
#include "breakglass/paths.h"
#include "breakglass/spread.h"
#include "log.h"

#ifndef FETCHER_SECOND               /* a test has less patience */
#define FETCHER_SECOND INT64_C(1000) /* ms */
#define FETCHER_LIMIT 75 /* seconds for one attempt: the program's own limits are less */
#endif
/* After the first failure; then twice as long each time. */
#define PAUSE_MIN (60 * FETCHER_SECOND)
#define USE "breakglass revocations 1"
#define BEGIN_WITHIN (60 * FETCHER_SECOND)
#define BEGIN_USE "breakglass reload 1"

struct fetcher {
  const struct fetcher_place *place;
  pthread_t thread;
  int64_t pause; /* ms; the thread's own, as is: */
  bool spread;   /* it has its own place between the hosts */
  pthread_mutex_t lock;
  struct fetcher_state state;
};

/* Of hosts that begin at one moment, as a fleet does that is told to, each comes at a moment of its
 * own from the second time on. More than 0, at most `every`. */
static int64_t first_wait(const struct fetcher_place *place, int64_t every) {
  return place->host_id[0] != '\0' ? every - bg_spread(every, place->host_id, USE)
                                   : 1 + (int64_t)randombytes_uniform((uint32_t)every);
}

/* ms until the next time. */
static int64_t next(struct fetcher *fetcher, bool done) {
  const int64_t every = fetcher->place->every * FETCHER_SECOND;
  if (done) {
    const int64_t wait = fetcher->spread ? every : first_wait(fetcher->place, every);
    fetcher->spread = true;
    fetcher->pause = 0;
    return wait;
  }
  fetcher->pause = fetcher->pause == 0 ? PAUSE_MIN : 2 * fetcher->pause;
  fetcher->pause = fetcher->pause < every ? fetcher->pause : every;
  const int64_t wait = horizon_jitter(fetcher->pause);
  return wait < every ? wait : every;
}

/* Once for each reason; what the program itself has to say stands above it. */
static void say(const struct fetcher *fetcher, const char *reason) {
  if (reason[0] == '\0' && fetcher->state.reason[0] != '\0') {
    agent_log(LOG_LEVEL_NOTICE, "the revocation list is fetched again");
  } else if (strcmp(fetcher->state.reason, reason) != 0) {
    agent_log(LOG_LEVEL_WARNING,
              "the revocation list cannot be fetched: %s; it is tried again until it works",
              reason);
  }
}

static void note(struct fetcher *fetcher, const char *reason) {
  const int64_t now = bg_clock_now();
  const bool failed = reason[0] != '\0';
  struct fetcher_state *state = &fetcher->state;
  say(fetcher, reason);
  (void)pthread_mutex_lock(&fetcher->lock);
  state->fetched = failed ? state->fetched : now;
  state->failures += failed;
  state->failing = !failed ? 0 : state->failing != 0 ? state->failing : now;
  bg_text_fit(sizeof state->reason, state->reason, reason);
  (void)pthread_mutex_unlock(&fetcher->lock);
  fetcher->place->changed(fetcher->place->context);
}

/* False once it has ended. */
static bool fetch(struct fetcher *fetcher, int64_t *ret_at) {
  const struct bg_program program = {.folder = REMOTE_FOLDER,
                                     .name = REMOTE_NAME,
                                     .owner = bg_paths()->owner,
                                     .words = {"revocations", "fetch"},
                                     .seconds = FETCHER_LIMIT};
  struct horizon *horizon = fetcher->place->horizon;
  char reason[BG_PROGRAM_REASON_SIZE] = "";
  const bool done = bg_program_run(&program, bg_bytes_of(""), horizon->cancel, reason);
  if (horizon_has_ended(horizon)) {
    return false;
  }
  note(fetcher, done ? "" : reason);
  *ret_at = bg_clock_ms() + next(fetcher, done);
  return true;
}

/* A fleet that is told to reload does not come in one instant. */
static int64_t begin(const struct fetcher_place *place) {
  const int64_t wait = place->host_id[0] != '\0'
                           ? bg_spread(BEGIN_WITHIN, place->host_id, BEGIN_USE)
                           : (int64_t)randombytes_uniform((uint32_t)BEGIN_WITHIN);
  return place->with_others ? bg_clock_ms() + wait : 0;
}

static void *run(void *context) {
  struct fetcher *fetcher = context;
  int64_t at = begin(fetcher->place);
  while (horizon_sleep(fetcher->place->horizon, at) && fetch(fetcher, &at)) {
  }
  return NULL;
}

enum bg_error fetcher_start(const struct fetcher_place *place, struct fetcher **ret_fetcher) {
  struct fetcher *fetcher = calloc(1, sizeof *fetcher);
  if (fetcher == NULL) {
    return BG_ERR_NOMEM;
  }
  fetcher->place = place;
  (void)pthread_mutex_init(&fetcher->lock, NULL);
  if (pthread_create(&fetcher->thread, NULL, run, fetcher) != 0) {
    (void)pthread_mutex_destroy(&fetcher->lock);
    free(fetcher);
    return BG_ERR_NOMEM;
  }
  *ret_fetcher = fetcher;
  return BG_OK;
}

void fetcher_state(struct fetcher *fetcher, struct fetcher_state *ret_state) {
  (void)pthread_mutex_lock(&fetcher->lock);
  *ret_state = fetcher->state;
  (void)pthread_mutex_unlock(&fetcher->lock);
}

bool fetcher_stop(struct fetcher *fetcher, int64_t until) {
  if (!horizon_join(fetcher->thread, until)) {
    return false;
  }
  (void)pthread_mutex_destroy(&fetcher->lock);
  free(fetcher);
  return true;
}
