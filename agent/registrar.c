/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "registrar.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "breakglass/event_key.h"
#include "breakglass/host_clock.h"
#include "breakglass/paths.h"
#include "log.h"
#include "moment.h"

#define AGAIN 60 /* seconds: nobody tells when a host is well again */

struct registrar {
  struct horizon *horizon;
  const struct bg_agent_conf *conf;
  struct bg_host host;
  void (*changed)(void *context);
  void *context;
  pthread_t thread;
  int timer; /* CLOCK_BOOTTIME: a host ages while it is suspended */
  pthread_mutex_t lock;
  struct lifetime_state state;
  bool known;
  /* The thread's own: */
  struct lifetime *lifetime; /* NULL: it could not be opened yet */
  char event_key[BG_EVENT_KEY_PUBLIC_SIZE];
  bool complained;
};

static void tell(const char *line) {
  agent_log(LOG_LEVEL_WARNING, "%s", line);
}

static void complain(struct registrar *registrar, enum bg_error err) {
  if (!registrar->complained) {
    agent_log(LOG_LEVEL_WARNING, "the host's age cannot be looked at: %s", bg_strerror(err));
  }
  registrar->complained = true;
}

/* What receivers verify by: a host without one says so by saying nothing. */
static const char *read_event_key(struct registrar *registrar) {
  struct bg_event_key *key = NULL;
  enum bg_error err = bg_event_key_open(bg_paths()->event_key, bg_paths()->owner, &key);
  if (err != BG_OK) {
    agent_log(LOG_LEVEL_WARNING, "%s: %s", bg_paths()->event_key, bg_strerror(err));
    return NULL;
  }
  bg_event_key_public(key, registrar->event_key);
  bg_event_key_free(key);
  return registrar->event_key;
}

static enum bg_error open_lifetime(struct registrar *registrar) {
  const struct bg_agent_conf *conf = registrar->conf;
  const struct lifetime_config config = {.polite = conf->lifetime.polite,
                                         .forced = conf->lifetime.forced,
                                         .level = conf->lifetime.level,
                                         .host = &registrar->host,
                                         .event_key = read_event_key(registrar),
                                         .log = tell};
  enum bg_error err = lifetime_open(&config, &registrar->lifetime);
  if (err != BG_OK) {
    complain(registrar, err);
  }
  return err;
}

static void note(struct registrar *registrar) {
  struct lifetime_state state;
  if (lifetime_show(registrar->lifetime, &state) != BG_OK) {
    return;
  }
  (void)pthread_mutex_lock(&registrar->lock);
  registrar->state = state;
  registrar->known = true;
  (void)pthread_mutex_unlock(&registrar->lock);
  registrar->changed(registrar->context);
}

/* Returns when to look again: ms of CLOCK_BOOTTIME. */
static int64_t look(struct registrar *registrar) {
  if (registrar->lifetime == NULL && open_lifetime(registrar) != BG_OK) {
    return (bg_clock_boottime() + AGAIN) * 1000;
  }
  const int64_t next = lifetime_look(registrar->lifetime);
  note(registrar);
  return next;
}

/* False once it is to end. */
static bool await(const struct registrar *registrar, int64_t next) {
  const struct itimerspec at = {.it_value = moment_timespec(next)};
  struct pollfd wakers[] = {{.fd = registrar->horizon->cancel, .events = POLLIN},
                            {.fd = registrar->timer, .events = POLLIN}};
  (void)timerfd_settime(registrar->timer, TFD_TIMER_ABSTIME, &at, NULL);
  (void)poll(wakers, 2, -1);
  return wakers[0].revents == 0;
}

static void *run(void *context) {
  struct registrar *registrar = context;
  while (await(registrar, look(registrar))) {
  }
  lifetime_close(registrar->lifetime);
  return NULL;
}

static void free_registrar(struct registrar *registrar) {
  (void)close(registrar->timer);
  (void)pthread_mutex_destroy(&registrar->lock);
  free(registrar);
}

enum bg_error registrar_start(struct horizon *horizon, const struct bg_agent_conf *conf,
                              const struct bg_policy *policy, void (*changed)(void *context),
                              void *context, struct registrar **ret_registrar) {
  struct registrar *registrar = calloc(1, sizeof *registrar);
  if (registrar == NULL) {
    return BG_ERR_NOMEM;
  }
  registrar->horizon = horizon;
  registrar->conf = conf;
  registrar->host = (struct bg_host){policy->host_id, policy->groups, policy->group_count};
  registrar->changed = changed;
  registrar->context = context;
  (void)pthread_mutex_init(&registrar->lock, NULL);
  registrar->timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC);
  if (registrar->timer < 0 || pthread_create(&registrar->thread, NULL, run, registrar) != 0) {
    free_registrar(registrar);
    return BG_ERR_NOMEM;
  }
  *ret_registrar = registrar;
  return BG_OK;
}

bool registrar_show(struct registrar *registrar, struct lifetime_state *ret_state) {
  (void)pthread_mutex_lock(&registrar->lock);
  const bool known = registrar->known;
  *ret_state = registrar->state;
  (void)pthread_mutex_unlock(&registrar->lock);
  return known;
}

bool registrar_stop(struct registrar *registrar, int64_t until) {
  if (!horizon_join(registrar->thread, until)) {
    return false;
  }
  free_registrar(registrar);
  return true;
}
