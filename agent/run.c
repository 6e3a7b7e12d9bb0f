/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass-agent run: one event loop, which itself waits for no event's way to the disk or to a
 * sink: the store and each sink have threads of their own. */
#include <config.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <time.h>
#include <unistd.h>

#include "../breakglass/cli/cli.h"
#include "agent.h"
#include "breakglass/event_store.h"
#include "breakglass/host_clock.h"
#include "breakglass/paths.h"
#include "breakglass/policy.h"
#include "conf.h"
#include "courier.h"
#include "fetcher.h"
#include "keeper.h"
#include "log.h"
#include "registrar.h"
#include "sinks.h"
#include "state.h"
#include "textfile.h"

#define END_MS 3000   /* for all threads to end */
#define DRAIN_MS 2000 /* for what was recorded just now, before that */
#define TEXTFILE_END_MS 1000
#define SHOW_EACH 1000000 /* us: what is shown may be that old */

/* What works, from one reading of the configuration to the next. One whose threads do not end is
 * left to them. */
struct work {
  struct bg_agent_conf *conf; /* NULL: it is wrong */
  struct horizon horizon;
  struct keeper *keeper;
  struct registrar *registrar; /* NULL: not without a configuration or memory, which was said */
  struct courier_place place;
  struct courier *couriers[SINKS_MAX];
  size_t courier_count;
  char host_id[BG_NAME_SIZE]; /* empty: unknown */
  struct fetcher_place fetcher_place;
  struct fetcher *fetcher; /* NULL: there is nobody to fetch from */
};

struct agent {
  sd_event *event;
  sd_event_source *show_timer;
  int changed; /* an eventfd(2): a courier's state did, or the keeper's */
  int64_t started;
  struct textfile *textfile;
  struct work *work;
};

/* -- what works ---------------------------------------------------------------------------------
 */

static void note_change(void *context) {
  const struct agent *agent = context;
  const uint64_t one = 1;
  (void)!write(agent->changed, &one, sizeof one);
}

static void add_courier(void *context, struct sink *sink) {
  struct work *work = context;
  struct courier **place = &work->couriers[work->courier_count];
  if (courier_start(&work->place, sink, place) == BG_OK) {
    work->courier_count++;
  } else {
    agent_log(LOG_LEVEL_WARNING, "sink %s is not told: out of memory", sink->name);
  }
}

static void say_problem(void *context, const char *text) {
  (void)context;
  agent_log(LOG_LEVEL_WARNING, "%s", text);
}

static void say_conf_problem(void *context, const char *text) {
  (void)context;
  agent_log(LOG_LEVEL_WARNING,
            "%s; the host's age is not looked at, no revocation list is fetched, and there are no "
            "metrics",
            text);
}

static void read_host_id(struct work *work) {
  struct bg_policy *policy = NULL;
  if (bg_policy_load(NULL, NULL, NULL, &policy) == BG_OK) {
    bg_text_fit(sizeof work->host_id, work->host_id, policy->host_id);
  }
  free(policy);
}

static void start_fetcher(struct agent *agent, struct work *work) {
  if (work->conf == NULL || work->conf->revocations.url[0] == '\0') {
    return;
  }
  read_host_id(work);
  work->fetcher_place = (struct fetcher_place){.horizon = &work->horizon,
                                               .every = work->conf->revocations.every,
                                               .host_id = work->host_id,
                                               .changed = note_change,
                                               .context = agent};
  if (fetcher_start(&work->fetcher_place, &work->fetcher) != BG_OK) {
    agent_log(LOG_LEVEL_WARNING, "the revocation list is not fetched: out of memory");
  }
}

static void free_work(struct work *work) {
  free(work->conf);
  free(work);
}

static enum bg_error start_work(struct agent *agent) {
  struct work *work = calloc(1, sizeof *work);
  enum bg_error err = work != NULL ? horizon_open(&work->horizon) : BG_ERR_NOMEM;
  if (err != BG_OK) {
    free(work);
    return err;
  }
  work->conf = conf_load(say_conf_problem, NULL);
  work->place =
      (struct courier_place){.horizon = &work->horizon, .changed = note_change, .context = agent};
  err = keeper_start(&work->horizon, note_change, agent, &work->keeper);
  if (err != BG_OK) {
    horizon_close(&work->horizon);
    free_work(work);
    return err;
  }
  sinks_each(add_courier, say_problem, work);
  if (work->conf != NULL &&
      registrar_start(&work->horizon, work->conf, note_change, agent, &work->registrar) != BG_OK) {
    agent_log(LOG_LEVEL_WARNING, "the host's age is not looked at: out of memory");
  }
  start_fetcher(agent, work);
  agent->work = work;
  return BG_OK;
}

/* True if all of it has ended. */
static bool stop_work(struct agent *agent) {
  struct work *work = agent->work;
  const int64_t until = horizon_clock() + END_MS;
  bool ended = true;
  agent->work = NULL;
  horizon_end(&work->horizon);
  for (size_t i = 0; i < work->courier_count; i++) {
    ended = courier_stop(work->couriers[i], until) && ended;
  }
  if (work->registrar != NULL) {
    ended = registrar_stop(work->registrar, until) && ended;
  }
  ended = (work->fetcher == NULL || fetcher_stop(work->fetcher, until)) && ended;
  ended = keeper_stop(work->keeper, until) && ended;
  if (!ended) {
    agent_log(LOG_LEVEL_WARNING, "a sink or the disk does not let go; it is not waited for");
    return false;
  }
  horizon_close(&work->horizon);
  free_work(work);
  return true;
}

static bool is_idle(const struct work *work) {
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

/* The last that is recorded is often the end of a session, and the host's own end comes next. */
static void drain(const struct work *work) {
  const struct timespec step = {.tv_nsec = 20000000};
  const int64_t until = horizon_clock() + DRAIN_MS;
  keeper_wake(work->keeper, true);
  while (!is_idle(work) && horizon_clock() < until) {
    (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &step, NULL);
  }
}

/* -- what is shown ------------------------------------------------------------------------------
 */

static void show(struct agent *agent) {
  struct courier_state sinks[SINKS_MAX];
  struct fetcher_state fetcher;
  const struct work *work = agent->work;
  for (size_t i = 0; i < work->courier_count; i++) {
    courier_state(work->couriers[i], &sinks[i]);
  }
  struct lifetime_state lifetime;
  const bool aged = work->registrar != NULL && registrar_show(work->registrar, &lifetime);
  if (work->fetcher != NULL) {
    fetcher_state(work->fetcher, &fetcher);
  }
  const struct agent_state state = {.started = agent->started,
                                    .problem = keeper_problem(work->keeper),
                                    .lifetime = aged ? &lifetime : NULL,
                                    .sinks = sinks,
                                    .sink_count = work->courier_count,
                                    .fetcher = work->fetcher != NULL ? &fetcher : NULL};
  enum bg_error err = agent_state_write(&state);
  if (err != BG_OK) {
    agent_log(LOG_LEVEL_WARNING, "%s: %s", bg_paths()->agent_state, bg_strerror(err));
  }
  textfile_tell(agent->textfile, work->conf != NULL ? work->conf->metrics.textfile : "", &state);
  keeper_wake(work->keeper, false); /* cursors may have moved */
}

static int on_show(sd_event_source *source, uint64_t at, void *context) {
  (void)source, (void)at;
  show(context);
  return 0;
}

/* At once, but not more often than people can look. */
static int on_changed(sd_event_source *source, int fd, uint32_t events, void *context) {
  (void)source, (void)events;
  struct agent *agent = context;
  uint64_t count;
  int enabled = SD_EVENT_OFF;
  (void)!read(fd, &count, sizeof count);
  (void)sd_event_source_get_enabled(agent->show_timer, &enabled);
  if (enabled == SD_EVENT_OFF) {
    (void)sd_event_source_set_time_relative(agent->show_timer, SHOW_EACH);
    (void)sd_event_source_set_enabled(agent->show_timer, SD_EVENT_ONESHOT);
    show(agent);
  }
  return 0;
}

/* -- what wakes it ------------------------------------------------------------------------------
 */

/* What the head says counts as recorded, whatever the keeper may wait for. */
static void move_horizon(struct work *work) {
  uint8_t hash[BG_EVENT_HASH_SIZE];
  int64_t last = 0;
  if (bg_event_store_head(&last, hash) == BG_OK) {
    horizon_move(&work->horizon, last);
  }
}

/* Every event moves the head; one that no lock was to be had for waits beside it. */
static int on_run(sd_event_source *source, const struct inotify_event *change, void *context) {
  (void)source;
  struct agent *agent = context;
  const char *head = strrchr(bg_paths()->head, '/') + 1;
  if ((change->mask & IN_Q_OVERFLOW) != 0 || (change->len > 0 && strcmp(change->name, head) == 0)) {
    move_horizon(agent->work);
    keeper_wake(agent->work->keeper, true);
  }
  return 0;
}

static int on_pending(sd_event_source *source, const struct inotify_event *change, void *context) {
  (void)source;
  struct agent *agent = context;
  keeper_wake(agent->work->keeper, (change->mask & (IN_MOVED_TO | IN_Q_OVERFLOW)) != 0);
  return 0;
}

static int on_end(sd_event_source *source, const struct signalfd_siginfo *info, void *context) {
  const struct agent *agent = context;
  (void)info;
  (void)sd_notify(0, "STOPPING=1");
  drain(agent->work);
  return sd_event_exit(sd_event_source_get_event(source), 0);
}

static int on_reload(sd_event_source *source, const struct signalfd_siginfo *info, void *context) {
  (void)source, (void)info;
  struct agent *agent = context;
  (void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)horizon_clock() * 1000);
  (void)stop_work(agent);
  enum bg_error err = start_work(agent);
  if (err != BG_OK) {
    agent_log(LOG_LEVEL_WARNING, "it does not start again: %s", bg_strerror(err));
    return sd_event_exit(agent->event, CLI_FAILED);
  }
  note_change(agent);
  (void)sd_notify(0, "READY=1");
  return 0;
}

static int add_sources(struct agent *agent) {
  sd_event *event = agent->event;
  int code = sd_event_add_signal(event, NULL, SIGTERM, on_end, agent);
  code = code < 0 ? code : sd_event_add_signal(event, NULL, SIGINT, on_end, agent);
  code = code < 0 ? code : sd_event_add_signal(event, NULL, SIGHUP, on_reload, agent);
  code = code < 0 ? code
                  : sd_event_add_inotify(event, NULL, bg_paths()->run, IN_CLOSE_WRITE | IN_ONLYDIR,
                                         on_run, agent);
  code = code < 0
             ? code
             : sd_event_add_inotify(event, NULL, bg_paths()->pending,
                                    IN_CLOSE_WRITE | IN_MOVED_TO | IN_ONLYDIR, on_pending, agent);
  code = code < 0 ? code : sd_event_add_io(event, NULL, agent->changed, EPOLLIN, on_changed, agent);
  code = code < 0 ? code
                  : sd_event_add_time(event, &agent->show_timer, CLOCK_MONOTONIC, UINT64_MAX, 0,
                                      on_show, agent);
  code = code < 0 ? code : sd_event_source_set_enabled(agent->show_timer, SD_EVENT_OFF);
  return code < 0 ? code : sd_event_set_watchdog(event, true);
}

/* True if all of it has ended: the file of the metrics, too, is waited for no longer. */
static bool stop_all(struct agent *agent) {
  const bool ended = agent->work == NULL || stop_work(agent);
  return textfile_stop(agent->textfile, horizon_clock() + TEXTFILE_END_MS) && ended;
}

static int loop(struct agent *agent) {
  int code = sd_event_new(&agent->event);
  agent->changed = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  code = agent->changed < 0 ? -errno : code;
  code = code < 0 ? code : add_sources(agent);
  if (code < 0) {
    return cli_failure("the event loop cannot be set up: %s", strerror(-code));
  }
  enum bg_error err = textfile_start(&agent->textfile);
  if (err == BG_OK) {
    err = start_work(agent);
  }
  if (err != BG_OK) {
    return cli_failure("it does not start: %s", bg_strerror(err));
  }
  show(agent);
  (void)sd_notify(0, "READY=1");
  code = sd_event_loop(agent->event);
  if (!stop_all(agent)) {
    _exit(code < 0 ? CLI_FAILED : code); /* with whoever does not let go */
  }
  return code < 0 ? cli_failure("the event loop failed: %s", strerror(-code)) : code;
}

static void block_signals(void) {
  sigset_t signals;
  (void)sigemptyset(&signals);
  (void)sigaddset(&signals, SIGTERM);
  (void)sigaddset(&signals, SIGINT);
  (void)sigaddset(&signals, SIGHUP);
  (void)sigprocmask(SIG_BLOCK, &signals, NULL); /* before there are other threads */
}

int agent_run(int argc, char **argv) {
  (void)argv;
  struct agent agent = {.started = bg_clock_now(), .changed = -1};
  int lock = -1;
  if (argc > 1) {
    return cli_wrong_arguments();
  }
  block_signals();
  enum bg_error err = agent_lock(&lock);
  if (err != BG_OK) {
    return err == BG_ERR_BUSY ? cli_failure("another one runs already")
                              : cli_host_failure(bg_paths()->agent_lock, err);
  }
  int status = loop(&agent);
  agent.show_timer = sd_event_source_unref(agent.show_timer);
  agent.event = sd_event_unref(agent.event);
  if (agent.changed >= 0) {
    (void)close(agent.changed);
  }
  (void)unlink(bg_paths()->agent_state);
  agent_unlock(lock);
  return status;
}
