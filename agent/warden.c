/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "warden.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "../breakglass/cli/revocations_look.h"
#include "breakglass/event.h"
#include "breakglass/policy.h"
#include "horizon.h"
#include "log.h"
#include "session/sessions.h"
#include "wakes.h"

#define RETRY_MS 5000 /* for processes that cannot be looked at */

struct warden {
  struct wakes wakes;
  pthread_t thread;
  atomic_bool ended;
  /* The thread's own. Times are ms of CLOCK_BOOTTIME. */
  struct bg_policy *policy; /* as it could last be read; NULL: never yet */
  struct bg_host host;
  struct sessions_config config;
  struct sessions *sessions;
  bool list_is_new;             /* or may be, or a grant */
  enum bg_error policy_problem; /* what was said last, of each: */
  enum bg_error list_problem;
  enum bg_error sessions_problem;
};

/* -- what it is told -----------------------------------------------------------------------------
 */

static void say(void *context, const char *text) {
  (void)context;
  agent_log(LOG_LEVEL_NOTICE, "%s", text);
}

/* Each problem once, until it is another. */
static void complain(enum bg_error *last, enum bg_error err, const char *what) {
  if (err != BG_OK && err != *last) {
    agent_log(LOG_LEVEL_WARNING, "%s: %s", what, bg_strerror(err));
  }
  *last = err;
}

/* One that is wrong now changes nothing: closed events are of the host as it was last. */
static void read_policy(struct warden *warden) {
  struct bg_policy *policy = NULL;
  enum bg_error err = bg_policy_load(NULL, NULL, NULL, &policy);
  complain(&warden->policy_problem, err,
           "gate.conf cannot be read: the ends of sessions are recorded as it was last");
  if (err != BG_OK) {
    return;
  }
  free(warden->policy);
  warden->policy = policy;
  warden->host = (struct bg_host){policy->host_id, policy->groups, policy->group_count};
  warden->config.longest_tainted = policy->longest_tainted;
}

static void take_back(struct warden *warden) {
  struct bg_file file = {0};
  struct bg_revocations list;
  enum bg_error err = revocations_of_host(&file, &list);
  if (err == BG_OK) {
    (void)sessions_revoke(warden->sessions, &list);
  }
  bg_file_free(&file);
  err = err == BG_ERR_NOT_FOUND ? BG_OK : err; /* nothing was ever taken back */
  complain(&warden->list_problem, err, "the revocation list ends no session");
}

/* -- what it does --------------------------------------------------------------------------------
 */

static bool has_processes(struct warden *warden) {
  if (warden->sessions != NULL) {
    return true;
  }
  enum bg_error err = sessions_open(&warden->config, &warden->sessions);
  complain(&warden->sessions_problem, err, "sessions cannot be followed");
  return err == BG_OK;
}

/* What was taken back comes before the first look, so that no other ending is found for it. Answers
 * when it wants to look again. */
static int64_t look(struct warden *warden, unsigned woken) {
  if ((woken & WAKE_TOLD) != 0 || warden->policy == NULL) {
    read_policy(warden);
  }
  /* And a new grant may be one of a token that the list took back before it was made. */
  warden->list_is_new = warden->list_is_new || woken != 0;
  if (!has_processes(warden)) {
    return sessions_now() + RETRY_MS;
  }
  if (warden->list_is_new) {
    take_back(warden);
    warden->list_is_new = false;
  }
  return sessions_look(warden->sessions);
}

static void *run(void *context) {
  struct warden *warden = context;
  unsigned woken = WAKE_TOLD; /* nothing is known yet */
  while (!warden->ended) {
    const int64_t next = look(warden, woken);
    const int owners = warden->sessions != NULL ? sessions_fd(warden->sessions) : -1;
    woken = wakes_await(&warden->wakes, owners, next);
  }
  sessions_close(warden->sessions); /* which may wait: whoever stops it does not wait for ever */
  warden->sessions = NULL;
  return NULL;
}

/* -- its life ------------------------------------------------------------------------------------
 */

static void free_warden(struct warden *warden) {
  sessions_close(warden->sessions);
  free(warden->policy);
  wakes_close(&warden->wakes);
  free(warden);
}

enum bg_error warden_start(struct warden **ret_warden) {
  struct warden *warden = calloc(1, sizeof *warden);
  enum bg_error err = warden != NULL ? wakes_open(&warden->wakes) : BG_ERR_NOMEM;
  if (err != BG_OK) {
    free(warden);
    return err;
  }
  warden->host = (struct bg_host){.id = "unknown"};
  warden->config = (struct sessions_config){.host = &warden->host, .closes_lost = true, .log = say};
  if (pthread_create(&warden->thread, NULL, run, warden) != 0) {
    free_warden(warden);
    return BG_ERR_NOMEM;
  }
  *ret_warden = warden;
  return BG_OK;
}

void warden_reload(struct warden *warden) {
  wakes_tell(&warden->wakes);
}

bool warden_stop(struct warden *warden, int64_t until) {
  warden->ended = true;
  wakes_tell(&warden->wakes);
  if (!horizon_join(warden->thread, until)) {
    return false;
  }
  free_warden(warden);
  return true;
}
