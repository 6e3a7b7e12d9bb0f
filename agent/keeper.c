/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "keeper.h"

#include <stdlib.h>

#include "breakglass/event_store.h"
#include "cursor.h"
#include "log.h"
#include "moment.h"
#include "spool.h"

#define QUIET 3000 /* ms after the last event: then comes what can wait */
#define TURN 10    /* ms: who wants the store's lock, and looks each 2 ms, has it then */
#define MANY 1000  /* events without such a moment: then the bound is looked at all the same */
/* ms, while the disk takes nothing; then twice as long each time. */
#define PAUSE_MIN INT64_C(1000)
#define PAUSE_MAX INT64_C(60000)

struct keeper {
  struct horizon *horizon;
  void (*changed)(void *context);
  void *context;
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t work;
  bool woken, ended;
  int64_t again_at; /* bg_clock_ms(): when it looks by itself; INT64_MAX: never */
  enum bg_error problem;
  int64_t pause;  /* the thread's own, as these are */
  bool forgetful; /* it was said */
  struct spool spool;
  int64_t bounded_at; /* the last event then */
};

/* Where the store cannot be settled, what this boot remembers as the last is delivered all the
 * same; where it remembers nothing, nobody knows. */
int64_t keeper_settle(enum bg_error *ret_problem) {
  uint8_t hash[BG_EVENT_HASH_SIZE];
  int64_t last = 0;
  *ret_problem = bg_event_store_settle(&last);
  return *ret_problem == BG_OK || bg_event_store_head(&last, hash) == BG_OK ? last : -1;
}

static void note(struct keeper *keeper, enum bg_error problem, int64_t again_in) {
  const bool is_news = problem != keeper->problem;
  (void)pthread_mutex_lock(&keeper->lock);
  keeper->problem = problem;
  const int64_t at = again_in < INT64_MAX ? bg_clock_ms() + again_in : INT64_MAX;
  keeper->again_at = at < keeper->again_at ? at : keeper->again_at;
  (void)pthread_mutex_unlock(&keeper->lock);
  if (is_news) {
    keeper->changed(keeper->context);
  }
  if (is_news && problem != BG_OK) {
    agent_log(LOG_LEVEL_WARNING,
              "the store cannot be settled: %s; it is tried again until it works",
              bg_strerror(problem));
  } else if (is_news) {
    agent_log(LOG_LEVEL_NOTICE, "the store is settled: all events are on disk");
  }
}

static void say_forgetful(void *context, const char *sink) {
  struct keeper *keeper = context;
  if (!keeper->forgetful) {
    agent_log(
        LOG_LEVEL_WARNING,
        "the disk does not take the cursor of sink %s: after a reboot it gets events once more",
        sink);
  }
  keeper->forgetful = true;
}

static void keep_cursors(struct keeper *keeper, int64_t last) {
  cursors_keep(last, say_forgetful, keeper);
}

/* Others get the lock in between. */
static void keep_bound(struct keeper *keeper, int64_t last) {
  keeper->bounded_at = last;
  while (!horizon_has_ended(keeper->horizon) && spool_bound(&keeper->spool, last)) {
    (void)horizon_sleep(keeper->horizon, bg_clock_ms() + TURN);
  }
}

/* A writer who was killed wakes nobody: so the store is settled once more when all is quiet. */
static void look(struct keeper *keeper, bool woken) {
  enum bg_error problem;
  const int64_t last = keeper_settle(&problem);
  horizon_look(keeper->horizon);
  keeper->pause = keeper->pause == 0 ? PAUSE_MIN : 2 * keeper->pause;
  keeper->pause = keeper->pause < PAUSE_MAX ? keeper->pause : PAUSE_MAX;
  if (problem != BG_OK) {
    note(keeper, problem, keeper->pause);
    return;
  }
  keeper->pause = 0;
  note(keeper, BG_OK, woken ? QUIET : INT64_MAX);
  if (!woken) {
    (void)!bg_event_store_provide(); /* events do without */
    keep_cursors(keeper, last);
  }
  if (last < keeper->bounded_at || last - keeper->bounded_at >= (woken ? MANY : 1)) {
    keep_bound(keeper, last);
  }
}

/* False once it has ended; true: *ret_woken, or it is time to look again. */
static bool await(struct keeper *keeper, bool *ret_woken) {
  (void)pthread_mutex_lock(&keeper->lock);
  while (!keeper->ended && !keeper->woken && bg_clock_ms() < keeper->again_at) {
    moment_wait(&keeper->work, &keeper->lock, keeper->again_at);
  }
  *ret_woken = keeper->woken;
  keeper->woken = false;
  keeper->again_at = INT64_MAX; /* whoever wakes it from now on, wakes it */
  const bool ended = keeper->ended;
  (void)pthread_mutex_unlock(&keeper->lock);
  return !ended;
}

static void *run(void *context) {
  struct keeper *keeper = context;
  for (bool woken; await(keeper, &woken);) {
    look(keeper, woken);
  }
  look(keeper, false); /* what the couriers have done until now */
  return NULL;
}

enum bg_error keeper_start(struct horizon *horizon, int64_t limit, void (*changed)(void *context),
                           void *context, struct keeper **ret_keeper) {
  struct keeper *keeper = calloc(1, sizeof *keeper);
  if (keeper == NULL) {
    return BG_ERR_NOMEM;
  }
  keeper->horizon = horizon;
  keeper->spool.limit = limit;
  keeper->changed = changed;
  keeper->context = context;
  keeper->woken = true; /* what waits since before */
  keeper->again_at = INT64_MAX;
  (void)pthread_mutex_init(&keeper->lock, NULL);
  moment_cond_init(&keeper->work);
  if (pthread_create(&keeper->thread, NULL, run, keeper) != 0) {
    free(keeper);
    return BG_ERR_NOMEM;
  }
  *ret_keeper = keeper;
  return BG_OK;
}

void keeper_wake(struct keeper *keeper, bool now) {
  const int64_t later = bg_clock_ms() + QUIET;
  (void)pthread_mutex_lock(&keeper->lock);
  keeper->woken = keeper->woken || now;
  keeper->again_at = keeper->again_at < later ? keeper->again_at : later;
  (void)pthread_cond_signal(&keeper->work);
  (void)pthread_mutex_unlock(&keeper->lock);
}

enum bg_error keeper_problem(struct keeper *keeper) {
  (void)pthread_mutex_lock(&keeper->lock);
  enum bg_error problem = keeper->problem;
  (void)pthread_mutex_unlock(&keeper->lock);
  return problem;
}

void keeper_end(struct keeper *keeper) {
  (void)pthread_mutex_lock(&keeper->lock);
  keeper->ended = true;
  (void)pthread_cond_signal(&keeper->work);
  (void)pthread_mutex_unlock(&keeper->lock);
}

bool keeper_stop(struct keeper *keeper, int64_t until) {
  if (!horizon_join(keeper->thread, until)) {
    return false;
  }
  (void)pthread_cond_destroy(&keeper->work);
  (void)pthread_mutex_destroy(&keeper->lock);
  free(keeper);
  return true;
}
