/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "sessions.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "breakglass/text.h"
#include "processes.h"
#include "watched.h"

#define AGAIN_MS 200 /* for a grant that may have been half written */

int64_t sessions_now(void) {
  struct timespec now = {0};
  (void)clock_gettime(CLOCK_BOOTTIME, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void sessions_say(const struct sessions *sessions, const char *format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (sessions->config->log != NULL) {
    sessions->config->log(sessions->config->context, text);
  }
}

const char *watched_name(const struct watched *watched) {
  static char name[384];
  const struct bg_grant *grant = &watched->grant;
  if (grant->state == BG_GRANT_OPEN) {
    (void)snprintf(name, sizeof name, "session %u of %s (%s)", grant->audit_session,
                   grant->session.subject, grant->session.login);
  } else {
    (void)snprintf(name, sizeof name, "login of %s (%s)", grant->session.subject,
                   grant->session.login);
  }
  return name;
}

void watched_enter(const struct sessions *sessions, struct watched *watched, enum phase phase) {
  watched->phase = phase;
  watched->since = sessions->now;
  watched->again = 0;
}

void watched_set_ending(struct watched *watched, enum bg_ending ending) {
  const bool is_first = watched->ending == BG_ENDED_NOT;
  if (is_first || (watched->ending == BG_ENDED_LOST && ending == BG_ENDED_KILLED)) {
    watched->ending = ending;
    watched_mark_ending(watched);
  }
}

/* As where /proc is mounted with hidepid=, and the caller is not in the group that may see. */
static void tell_hidden(const struct sessions *sessions) {
  uint64_t start;
  if (!process_start(sessions->processes, 1, &start)) {
    sessions_say(sessions, "%s hides processes: sessions may go on beyond their ends",
                 bg_paths()->processes);
  }
}

enum bg_error sessions_open(const struct sessions_config *config, struct sessions **ret_sessions) {
  struct sessions *sessions = calloc(1, sizeof *sessions);
  if (sessions == NULL) {
    return BG_ERR_NOMEM;
  }
  sessions->config = config;
  sessions->processes = -1;
  sessions->lost_at = config->closes_lost ? 0 : INT64_MAX;
  sessions->epoll = epoll_create1(EPOLL_CLOEXEC);
  if (sessions->epoll < 0 || processes_open(&sessions->processes) != BG_OK) {
    sessions_close(sessions);
    return BG_ERR_IO;
  }
  tell_hidden(sessions);
  *ret_sessions = sessions;
  return BG_OK;
}

void sessions_close(struct sessions *sessions) {
  if (sessions == NULL) {
    return;
  }
  sessions_stop_recording(sessions);
  while (sessions->first != NULL) {
    struct watched *next = sessions->first->next;
    watched_free(sessions->first);
    sessions->first = next;
  }
  if (sessions->epoll >= 0) {
    (void)close(sessions->epoll);
  }
  if (sessions->processes >= 0) {
    (void)close(sessions->processes);
  }
  free(sessions);
}

int sessions_fd(const struct sessions *sessions) {
  return sessions->epoll;
}

size_t sessions_count(const struct sessions *sessions) {
  size_t count = 0;
  for (const struct watched *watched = sessions->first; watched != NULL; watched = watched->next) {
    count++;
  }
  return count;
}

static void forget_those_over(struct sessions *sessions) {
  for (struct watched **at = &sessions->first; *at != NULL;) {
    struct watched *watched = *at;
    if (watched->phase == PHASE_OVER) {
      *at = watched->next;
      watched_free(watched);
    } else {
      at = &watched->next;
    }
  }
}

int64_t sessions_look(struct sessions *sessions) {
  sessions->now = sessions_now();
  sessions_follow(sessions);
  sessions_end(sessions);
  sessions_record(sessions);
  forget_those_over(sessions);
  int64_t next = sessions->unreadable != sessions->told ? sessions->now + AGAIN_MS : INT64_MAX;
  if (sessions->scribes[SHEET_RECORDS] == NULL && sessions->lost_at < next) {
    next = sessions->lost_at;
  }
  for (const struct watched *watched = sessions->first; watched != NULL; watched = watched->next) {
    next = watched->again < next ? watched->again : next;
  }
  return next;
}
