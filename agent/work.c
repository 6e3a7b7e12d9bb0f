/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "work.h"

#include <stdlib.h>

#include "breakglass/event_store.h"
#include "conf.h"
#include "keeper.h"
#include "log.h"
#include "registrar.h"

#define BACK_MS 3000   /* for what was started, where something could not be */
#define KEEPER_MS 1000 /* of the time in which all is to end, for the keeper alone */

struct work {
  struct bg_agent_conf *conf; /* NULL: it is wrong */
  bool again;                 /* it is not the first of this process */
  struct bg_policy *policy;   /* NULL: gate.conf is wrong; only the journal is told */
  bool lacks_memory;          /* for something that should be there */
  struct horizon horizon;
  struct keeper *keeper;
  struct registrar *registrar; /* NULL: not without both of these, which was said */
  struct courier_place place;
  struct courier *couriers[SINKS_MAX];
  size_t courier_count;
  struct fetcher_place fetcher_place;
  struct fetcher *fetcher; /* NULL: there is nobody to fetch from, or as above */
};

/* -- its parts ----------------------------------------------------------------------------------
 */

static void add_courier(void *context, struct sink *sink) {
  struct work *work = context;
  struct courier **place = &work->couriers[work->courier_count];
  if (courier_start(&work->place, sink, place) == BG_OK) {
    work->courier_count++;
  } else {
    agent_log(LOG_LEVEL_WARNING, "sink %s is not told: out of memory", sink->name);
    work->lacks_memory = true;
  }
}

static void say_problem(void *context, const char *text) {
  (void)context;
  agent_log(LOG_LEVEL_WARNING, "%s", text);
}

static void say_conf_problem(void *context, const char *text) {
  (void)context;
  agent_log(
      LOG_LEVEL_WARNING,
      "%s; the host's age is not looked at, no revocation list is fetched, the events have no "
      "bound, and there are no metrics",
      text);
}

static void start_registrar(struct work *work) {
  const struct courier_place *place = &work->place;
  if (work->conf != NULL && work->policy != NULL &&
      registrar_start(&work->horizon, work->conf, work->policy, place->changed, place->context,
                      &work->registrar) != BG_OK) {
    agent_log(LOG_LEVEL_WARNING, "the host's age is not looked at: out of memory");
    work->lacks_memory = true;
  }
}

static void start_fetcher(struct work *work) {
  if (work->conf == NULL || work->conf->revocations.url[0] == '\0') {
    return;
  }
  work->fetcher_place =
      (struct fetcher_place){.horizon = &work->horizon,
                             .every = work->conf->revocations.every,
                             .host_id = work->policy != NULL ? work->policy->host_id : "",
                             .with_others = work->again,
                             .changed = work->place.changed,
                             .context = work->place.context};
  if (fetcher_start(&work->fetcher_place, &work->fetcher) != BG_OK) {
    agent_log(LOG_LEVEL_WARNING, "the revocation list is not fetched: out of memory");
    work->lacks_memory = true;
  }
}

/* -- its life -----------------------------------------------------------------------------------
 */

static void free_work(struct work *work) {
  horizon_close(&work->horizon);
  free(work->conf);
  free(work->policy);
  free(work);
}

static void start_parts(struct work *work) {
  if (sinks_each(work->policy, add_courier, say_problem, work) != BG_OK) {
    work->lacks_memory = true;
  }
  start_registrar(work);
  start_fetcher(work);
}

enum bg_error work_start(bool again, void (*changed)(void *context), void *context,
                         struct work **ret_work) {
  struct work *work = calloc(1, sizeof *work);
  enum bg_error err = work != NULL ? horizon_open(&work->horizon) : BG_ERR_NOMEM;
  if (err != BG_OK) {
    free(work);
    return err;
  }
  work->place =
      (struct courier_place){.horizon = &work->horizon, .changed = changed, .context = context};
  work->again = again;
  work->conf = conf_load(say_conf_problem, NULL);
  work->policy = conf_load_policy();
  const int64_t limit = work->conf != NULL ? work->conf->spool.limit : 0;
  err = keeper_start(&work->horizon, limit, changed, context, &work->keeper);
  if (err != BG_OK) {
    free_work(work);
    return err;
  }
  start_parts(work);
  if (work->lacks_memory) {
    (void)!work_stop(work, bg_clock_ms() + BACK_MS); /* the caller ends in either case */
    return BG_ERR_NOMEM;
  }
  *ret_work = work;
  return BG_OK;
}

bool work_stop(struct work *work, int64_t until) {
  bool ended = true;
  horizon_end(&work->horizon);
  for (size_t i = 0; i < work->courier_count; i++) {
    ended = courier_stop(work->couriers[i], until - KEEPER_MS) && ended;
  }
  keeper_end(work->keeper); /* behind those whose cursors it keeps, and whoever does not end */
  ended = (work->registrar == NULL || registrar_stop(work->registrar, until)) && ended;
  ended = (work->fetcher == NULL || fetcher_stop(work->fetcher, until)) && ended;
  ended = keeper_stop(work->keeper, until) && ended;
  if (ended) {
    free_work(work);
  } else {
    agent_log(LOG_LEVEL_WARNING, "a sink or the disk does not let go; it is not waited for");
  }
  return ended;
}

/* What the head says counts as recorded, whatever the keeper may wait for. */
void work_move(struct work *work) {
  horizon_look(&work->horizon);
  keeper_wake(work->keeper, true);
}

void work_wake(struct work *work, bool now) {
  keeper_wake(work->keeper, now);
}

/* -- what is wrong ------------------------------------------------------------------------------
 */

bool work_is_partial(const struct work *work) {
  return work->conf == NULL || work->policy == NULL;
}

static void say_nothing(void *context, const char *text) {
  (void)context, (void)text;
}

static bool is_agent_conf_right(void) {
  struct bg_agent_conf *conf = conf_load(say_nothing, NULL);
  const bool right = conf != NULL;
  free(conf);
  return right;
}

static bool is_gate_conf_right(void) {
  struct bg_policy *policy = conf_load_policy();
  const bool right = policy != NULL;
  free(policy);
  return right;
}

bool work_is_mended(const struct work *work) {
  return (work->conf == NULL && is_agent_conf_right()) ||
         (work->policy == NULL && is_gate_conf_right());
}

/* -- what is said of it -------------------------------------------------------------------------
 */

bool work_is_idle(struct work *work) {
  uint8_t hash[BG_EVENT_HASH_SIZE];
  int64_t last = 0;
  bool idle = bg_event_store_head(&last, hash) == BG_OK;
  for (size_t i = 0; i < work->courier_count; i++) {
    struct courier_state state;
    courier_state(work->couriers[i], &state);
    idle = idle && (state.cursor >= last || state.failing != 0);
  }
  return idle;
}

void work_describe(struct work *work, struct agent_state *state) {
  state->problem = keeper_problem(work->keeper);
  state->has_lifetime =
      work->registrar != NULL && registrar_show(work->registrar, &state->lifetime);
  state->fetches = work->fetcher != NULL;
  if (state->fetches) {
    fetcher_state(work->fetcher, &state->fetcher);
  }
  state->sink_count = work->courier_count;
  for (size_t i = 0; i < work->courier_count; i++) {
    courier_state(work->couriers[i], &state->sinks[i]);
  }
}

const char *work_textfile(const struct work *work) {
  return work->conf != NULL ? work->conf->metrics.textfile : "";
}
