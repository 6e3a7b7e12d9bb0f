/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "folders.h"

#include <string.h>
#include <sys/inotify.h>
#include <time.h>

#include "breakglass/paths.h"
#include "log.h"

#define AWAY (IN_IGNORED | IN_UNMOUNT | IN_MOVE_SELF) /* the folder, or what it stood for */
#define RETRY 5000000                                 /* us, for a folder that is not there */

static void look_again(const struct folders *folders, uint64_t us) {
  (void)sd_event_source_set_time_relative(folders->again, us);
  (void)sd_event_source_set_enabled(folders->again, SD_EVENT_ONESHOT);
}

/* Every event moves the head; one that no lock was to be had for waits beside it. */
static int on_run(sd_event_source *source, const struct inotify_event *change, void *context) {
  (void)source;
  const struct folders *folders = context;
  const char *head = strrchr(bg_paths()->head, '/') + 1;
  if ((change->mask & AWAY) != 0) {
    look_again(folders, 0);
  } else if ((change->mask & IN_Q_OVERFLOW) != 0 ||
             (change->len > 0 && strcmp(change->name, head) == 0)) {
    folders->on_news(folders->context, FOLDERS_HEAD);
  }
  return 0;
}

static int on_pending(sd_event_source *source, const struct inotify_event *change, void *context) {
  (void)source;
  const struct folders *folders = context;
  const bool waits = (change->mask & (IN_MOVED_TO | IN_Q_OVERFLOW)) != 0;
  if ((change->mask & AWAY) != 0) {
    look_again(folders, 0);
  } else {
    folders->on_news(folders->context, waits ? FOLDERS_WAITS : FOLDERS_BEGUN);
  }
  return 0;
}

static void forget(struct folders *folders) {
  folders->run = sd_event_source_disable_unref(folders->run);
  folders->pending = sd_event_source_disable_unref(folders->pending);
}

static int watch(struct folders *folders) {
  sd_event *event = sd_event_source_get_event(folders->again);
  int code = sd_event_add_inotify(event, &folders->run, bg_paths()->run,
                                  IN_CLOSE_WRITE | IN_MOVE_SELF | IN_ONLYDIR, on_run, folders);
  return code < 0 ? code
                  : sd_event_add_inotify(event, &folders->pending, bg_paths()->pending,
                                         IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVE_SELF | IN_ONLYDIR,
                                         on_pending, folders);
}

/* Both: one of them lies in the other. What came before they were watched was told to nobody. */
static int on_again(sd_event_source *source, uint64_t at, void *context) {
  (void)source, (void)at;
  struct folders *folders = context;
  forget(folders);
  const int code = watch(folders);
  if (code < 0) {
    if (!folders->complained) {
      agent_log(LOG_LEVEL_WARNING, "%s cannot be watched: %s; it is tried again until it works",
                folders->run == NULL ? bg_paths()->run : bg_paths()->pending, strerror(-code));
    }
    folders->complained = true;
    look_again(folders, RETRY);
    return 0;
  }
  folders->complained = false;
  folders->on_news(folders->context, FOLDERS_HEAD);
  return 0;
}

int folders_watch(struct folders *folders, sd_event *event, folders_fn *on_news, void *context) {
  *folders = (struct folders){.on_news = on_news, .context = context};
  int code =
      sd_event_add_time(event, &folders->again, CLOCK_MONOTONIC, UINT64_MAX, 0, on_again, folders);
  code = code < 0 ? code : sd_event_source_set_enabled(folders->again, SD_EVENT_OFF);
  return code < 0 ? code : watch(folders);
}

void folders_close(struct folders *folders) {
  forget(folders);
  folders->again = sd_event_source_disable_unref(folders->again);
}
