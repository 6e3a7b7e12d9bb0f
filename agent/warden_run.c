/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass-agent warden: a process of its own, since ending sessions needs what nobody may have
 * who talks to the network or runs programs. */
#include <config.h>

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "../breakglass/cli/cli.h"
#include "agent.h"
#include "breakglass/paths.h"
#include "horizon.h"
#include "log.h"
#include "warden.h"

#define END_MS 3000 /* for what is being recorded */

static int on_end(sd_event_source *source, const struct signalfd_siginfo *info, void *context) {
  (void)info, (void)context;
  (void)sd_notify(0, "STOPPING=1");
  return sd_event_exit(sd_event_source_get_event(source), 0);
}

/* What is half-way in its end goes on. */
static int on_reload(sd_event_source *source, const struct signalfd_siginfo *info, void *context) {
  (void)source, (void)info;
  (void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)bg_clock_ms() * 1000);
  warden_reload(context);
  (void)sd_notify(0, "READY=1");
  return 0;
}

static int add_sources(sd_event *event, struct warden *warden) {
  int code = sd_event_add_signal(event, NULL, SIGTERM, on_end, NULL);
  code = code < 0 ? code : sd_event_add_signal(event, NULL, SIGINT, on_end, NULL);
  code = code < 0 ? code : sd_event_add_signal(event, NULL, SIGHUP, on_reload, warden);
  return code < 0 ? code : sd_event_set_watchdog(event, true);
}

static int loop(struct warden *warden) {
  sd_event *event = NULL;
  int code = sd_event_new(&event);
  code = code < 0 ? code : add_sources(event, warden);
  if (code >= 0) {
    (void)sd_notify(0, "READY=1");
    code = sd_event_loop(event);
  }
  event = sd_event_unref(event);
  return code < 0 ? cli_failure("the event loop failed: %s", strerror(-code)) : code;
}

static int follow_sessions(void) {
  struct warden *warden = NULL;
  enum bg_error err = warden_start(&warden);
  if (err != BG_OK) {
    return cli_failure("it does not start: %s", bg_strerror(err));
  }
  const int status = loop(warden);
  if (!warden_stop(warden, bg_clock_ms() + END_MS)) {
    agent_log(LOG_LEVEL_WARNING, "the end of a session is not waited for: the next one sees to it");
    _exit(status); /* with whoever does not let go */
  }
  return status;
}

int agent_warden(int argc, char **argv) {
  (void)argv;
  int lock = -1;
  if (argc > 1) {
    return cli_wrong_arguments();
  }
  (void)prctl(PR_SET_DUMPABLE, 0); /* nobody of root's without capabilities gets at its memory */
  agent_block_signals();
  enum bg_error err = agent_lock(bg_paths()->warden_lock, &lock);
  if (err != BG_OK) {
    return err == BG_ERR_BUSY ? cli_failure("another one runs already")
                              : cli_host_failure(bg_paths()->warden_lock, err);
  }
  const int status = follow_sessions();
  agent_unlock(lock);
  return status;
}
