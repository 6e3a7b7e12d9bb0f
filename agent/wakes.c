/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "wakes.h"

#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "breakglass/paths.h"
#include "breakglass/text.h"

#define GRANT_CHANGES (IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO)
#define LIST_CHANGES (IN_CLOSE_WRITE | IN_MOVED_TO)   /* it is whole then */
#define AWAY (IN_IGNORED | IN_UNMOUNT | IN_MOVE_SELF) /* the folder, or what it stood for */
#define RETRY_MS 5000                                 /* for a folder that is not there */

enum bg_error wakes_open(struct wakes *ret_wakes) {
  *ret_wakes = (struct wakes){
      .timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK),
      .told = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
      .changes = inotify_init1(IN_CLOEXEC | IN_NONBLOCK),
      .grants = -1,
      .list = -1,
  };
  if (ret_wakes->timer < 0 || ret_wakes->told < 0 || ret_wakes->changes < 0) {
    wakes_close(ret_wakes);
    return BG_ERR_NOMEM;
  }
  return BG_OK;
}

void wakes_close(struct wakes *wakes) {
  const int all[] = {wakes->timer, wakes->told, wakes->changes};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
    if (all[i] >= 0) {
      (void)close(all[i]);
    }
  }
}

void wakes_tell(const struct wakes *wakes) {
  const uint64_t one = 1;
  (void)!write(wakes->told, &one, sizeof one);
}

static const char *name_of_list(void) {
  return strrchr(bg_paths()->revoked, '/') + 1;
}

/* What changed before there was a watch was told to nobody: a new one counts as a change. */
static unsigned watch(struct wakes *wakes) {
  char folder[BG_PATH_SIZE];
  unsigned woken = 0;
  if (wakes->grants < 0) {
    wakes->grants =
        inotify_add_watch(wakes->changes, bg_paths()->grants, GRANT_CHANGES | IN_MOVE_SELF);
    woken |= wakes->grants >= 0 ? WAKE_GRANTS : 0;
  }
  if (wakes->list < 0) {
    bg_text_fit(sizeof folder, folder, bg_paths()->revoked);
    *strrchr(folder, '/') = '\0';
    wakes->list = inotify_add_watch(wakes->changes, folder, LIST_CHANGES | IN_MOVE_SELF);
    woken |= wakes->list >= 0 ? WAKE_LIST : 0;
  }
  return woken;
}

static void forget(const struct wakes *wakes, int *watch) {
  (void)inotify_rm_watch(wakes->changes, *watch); /* it may be gone already */
  *watch = -1;
}

static unsigned take_change(struct wakes *wakes, const struct inotify_event *change) {
  const bool all = (change->mask & IN_Q_OVERFLOW) != 0;
  const bool is_away = (change->mask & AWAY) != 0;
  unsigned woken = all ? WAKE_GRANTS | WAKE_LIST : 0;
  if (change->wd == wakes->grants && !all) {
    woken |= WAKE_GRANTS;
    if (is_away) {
      forget(wakes, &wakes->grants);
    }
  } else if (change->wd == wakes->list && is_away) {
    forget(wakes, &wakes->list);
  } else if (change->wd == wakes->list && change->len > 0 &&
             strcmp(change->name, name_of_list()) == 0) {
    woken |= WAKE_LIST;
  }
  return woken;
}

static unsigned take_changes(struct wakes *wakes) {
  _Alignas(struct inotify_event) char buffer[4096];
  unsigned woken = 0;
  for (ssize_t len; (len = read(wakes->changes, buffer, sizeof buffer)) > 0;) {
    for (const char *at = buffer; at < buffer + len;) {
      const struct inotify_event *change = (const void *)at;
      woken |= take_change(wakes, change);
      at += sizeof *change + change->len;
    }
  }
  return woken;
}

/* A moment that is over already comes at once; zero would be none. */
static void set_timer(const struct wakes *wakes, int64_t moment) {
  struct itimerspec when = {.it_value = {0}};
  if (moment < INT64_MAX) {
    const int64_t ms = moment > 0 ? moment : 1;
    when.it_value = (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
  }
  (void)timerfd_settime(wakes->timer, TFD_TIMER_ABSTIME, &when, NULL);
}

unsigned wakes_await(struct wakes *wakes, int owners, int64_t moment) {
  uint64_t count;
  unsigned woken = watch(wakes);
  const bool all_watched = wakes->grants >= 0 && wakes->list >= 0;
  struct pollfd fds[] = {{.fd = wakes->told, .events = POLLIN},
                         {.fd = wakes->timer, .events = POLLIN},
                         {.fd = wakes->changes, .events = POLLIN},
                         {.fd = owners, .events = POLLIN}};
  set_timer(wakes, moment);
  (void)poll(fds, sizeof fds / sizeof fds[0], woken != 0 ? 0 : all_watched ? -1 : RETRY_MS);
  (void)!read(wakes->timer, &count, sizeof count);
  if (read(wakes->told, &count, sizeof count) > 0) {
    woken |= WAKE_TOLD;
  }
  return woken | take_changes(wakes);
}
