/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass-agent run: one event loop, which itself waits for no event's way to the disk or to a
 * sink: the store and each sink have threads of their own. */
#include <config.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <time.h>
#include <unistd.h>

#include "../breakglass/cli/cli.h"
#include "agent.h"
#include "breakglass/host_clock.h"
#include "breakglass/paths.h"
#include "folders.h"
#include "log.h"
#include "textfile.h"
#include "work.h"

#define END_MS 3000   /* for all threads to end */
#define DRAIN_MS 2000 /* for what was recorded just now, before that */
#define TEXTFILE_END_MS 1000
#define SHOW_EACH 1000000  /* us: what is shown may be that old */
#ifndef MEND_EACH          /* a test has less patience */
#define MEND_EACH 60000000 /* us: a configuration that is wrong is looked at again */
#endif

struct agent {
  sd_event *event;
  sd_event_source *show_timer;
  sd_event_source *mend_timer; /* while a configuration is wrong: nobody tells when it is not */
  struct folders folders;
  int changed; /* an eventfd(2): a courier's state did, or the keeper's */
  int64_t started;
  struct textfile *textfile;
  struct work *work;
  bool left; /* some thread was left to itself, and may come back: it has this, too */
};

static void note_change(void *context) {
  const struct agent *agent = context;
  const uint64_t one = 1;
  (void)!write(agent->changed, &one, sizeof one);
}

/* -- its end ------------------------------------------------------------------------------------
 */

static void stop_work(struct agent *agent) {
  if (agent->work != NULL && !work_stop(agent->work, bg_clock_ms() + END_MS)) {
    agent->left = true;
  }
  agent->work = NULL;
}

static void stop(struct agent *agent) {
  stop_work(agent);
  /* The metrics of what has ended are waited for a moment, wherever they are written. */
  if (agent->textfile != NULL && !textfile_stop(agent->textfile, bg_clock_ms() + TEXTFILE_END_MS)) {
    agent->left = true;
  }
  (void)unlink(bg_paths()->agent_state);
}

/* The last that is recorded is often the end of a session, and the host's own end comes next. */
static void drain(struct work *work) {
  const struct timespec step = {.tv_nsec = 20000000};
  const int64_t until = bg_clock_ms() + DRAIN_MS;
  work_wake(work, true);
  while (!work_is_idle(work) && bg_clock_ms() < until) {
    (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &step, NULL);
  }
}

/* -- what is shown ------------------------------------------------------------------------------
 */

static void show(struct agent *agent) {
  struct agent_state state = {.started = agent->started};
  work_describe(agent->work, &state);
  enum bg_error err = agent_state_write(&state);
  if (err != BG_OK) {
    agent_log(LOG_LEVEL_WARNING, "%s: %s", bg_paths()->agent_state, bg_strerror(err));
  }
  textfile_tell(agent->textfile, work_textfile(agent->work), &state);
  work_wake(agent->work, false); /* cursors may have moved */
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

static void on_news(void *context, enum folders_news news) {
  const struct agent *agent = context;
  if (news == FOLDERS_HEAD) {
    work_move(agent->work);
  } else {
    work_wake(agent->work, news == FOLDERS_WAITS);
  }
}

static int on_end(sd_event_source *source, const struct signalfd_siginfo *info, void *context) {
  const struct agent *agent = context;
  (void)info;
  (void)sd_notify(0, "STOPPING=1");
  drain(agent->work);
  return sd_event_exit(sd_event_source_get_event(source), 0);
}

static void await_mending(struct agent *agent) {
  (void)sd_event_source_set_time_relative(agent->mend_timer, MEND_EACH);
  (void)sd_event_source_set_enabled(agent->mend_timer, SD_EVENT_ONESHOT);
}

static enum bg_error start_work(struct agent *agent, bool again) {
  enum bg_error err = work_start(again, note_change, agent, &agent->work);
  if (err != BG_OK) {
    agent->left = true;
  } else if (work_is_partial(agent->work)) {
    await_mending(agent);
  }
  return err;
}

static int reload(struct agent *agent) {
  (void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)bg_clock_ms() * 1000);
  stop_work(agent);
  enum bg_error err = start_work(agent, true);
  if (err != BG_OK) {
    agent_log(LOG_LEVEL_WARNING, "it does not start again: %s", bg_strerror(err));
    return sd_event_exit(agent->event, CLI_FAILED);
  }
  note_change(agent);
  (void)sd_notify(0, "READY=1");
  return 0;
}

static int on_reload(sd_event_source *source, const struct signalfd_siginfo *info, void *context) {
  (void)source, (void)info;
  return reload(context);
}

static int on_mend(sd_event_source *source, uint64_t at, void *context) {
  (void)source, (void)at;
  struct agent *agent = context;
  if (!work_is_partial(agent->work)) {
    return 0; /* it was read anew meanwhile */
  }
  if (work_is_mended(agent->work)) {
    agent_log(LOG_LEVEL_NOTICE, "the configuration was mended, and is read anew");
    return reload(agent);
  }
  await_mending(agent);
  return 0;
}

static int add_timer(struct agent *agent, sd_event_time_handler_t handler,
                     sd_event_source **ret_timer) {
  const int code =
      sd_event_add_time(agent->event, ret_timer, CLOCK_MONOTONIC, UINT64_MAX, 0, handler, agent);
  return code < 0 ? code : sd_event_source_set_enabled(*ret_timer, SD_EVENT_OFF);
}

static int add_sources(struct agent *agent) {
  sd_event *event = agent->event;
  int code = sd_event_add_signal(event, NULL, SIGTERM, on_end, agent);
  code = code < 0 ? code : sd_event_add_signal(event, NULL, SIGINT, on_end, agent);
  code = code < 0 ? code : sd_event_add_signal(event, NULL, SIGHUP, on_reload, agent);
  code = code < 0 ? code : folders_watch(&agent->folders, event, on_news, agent);
  code = code < 0 ? code : sd_event_add_io(event, NULL, agent->changed, EPOLLIN, on_changed, agent);
  code = code < 0 ? code : add_timer(agent, on_show, &agent->show_timer);
  code = code < 0 ? code : add_timer(agent, on_mend, &agent->mend_timer);
  return code < 0 ? code : sd_event_set_watchdog(event, true);
}

static enum bg_error start(struct agent *agent) {
  enum bg_error err = textfile_start(&agent->textfile);
  return err == BG_OK ? start_work(agent, false) : err;
}

static int loop(struct agent *agent) {
  int code = sd_event_new(&agent->event);
  agent->changed = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  code = agent->changed < 0 ? -errno : code;
  code = code < 0 ? code : add_sources(agent);
  if (code < 0) {
    return cli_failure("the event loop cannot be set up: %s", strerror(-code));
  }
  enum bg_error err = start(agent);
  if (err == BG_OK) {
    show(agent);
    (void)sd_notify(0, "READY=1");
    code = sd_event_loop(agent->event);
  }
  stop(agent);
  const int status = err != BG_OK ? cli_failure("it does not start: %s", bg_strerror(err))
                     : code < 0   ? cli_failure("the event loop failed: %s", strerror(-code))
                                  : code;
  if (agent->left) {
    _exit(status); /* with whoever does not let go */
  }
  return status;
}

int agent_run(int argc, char **argv) {
  (void)argv;
  struct agent agent = {.started = bg_clock_now(), .changed = -1};
  int lock = -1;
  if (argc > 1) {
    return cli_wrong_arguments();
  }
  agent_block_signals();
  enum bg_error err = agent_lock(bg_paths()->agent_lock, &lock);
  if (err != BG_OK) {
    return err == BG_ERR_BUSY ? cli_failure("another one runs already")
                              : cli_host_failure(bg_paths()->agent_lock, err);
  }
  int status = loop(&agent);
  folders_close(&agent.folders);
  agent.show_timer = sd_event_source_unref(agent.show_timer);
  agent.mend_timer = sd_event_source_unref(agent.mend_timer);
  agent.event = sd_event_unref(agent.event);
  if (agent.changed >= 0) {
    (void)close(agent.changed);
  }
  agent_unlock(lock);
  return status;
}
