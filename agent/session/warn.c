/* SPDX-License-Identifier: BSD-2-Clause */
/* What a session's terminals are told. */
#include <config.h>

#include <stdio.h>

#include "breakglass/text.h"
#include "terminals.h"
#include "watched.h"

static const struct {
  int64_t before; /* seconds before the deadline */
  enum mark mark;
} warnings[] = {{300, MARK_WARNED_300}, {60, MARK_WARNED_60}};
#define WARNING_COUNT (sizeof warnings / sizeof warnings[0])

/* A session that was shorter from the start was told so when it opened. */
static bool is_wanted(const struct watched *watched, size_t i) {
  const struct bg_session *session = &watched->grant.session;
  return (watched->warned & (1U << i)) == 0 &&
         session->deadline - session->accepted > warnings[i].before;
}

static int64_t due(const struct watched *watched, size_t i) {
  return (watched->grant.session.deadline_boottime - warnings[i].before) * 1000;
}

int64_t watched_next_warning(const struct watched *watched) {
  int64_t next = INT64_MAX;
  for (size_t i = 0; i < WARNING_COUNT; i++) {
    if (is_wanted(watched, i) && due(watched, i) < next) {
      next = due(watched, i);
    }
  }
  return next;
}

/* False if it was given before. Where that cannot be known it is given: once by this agent. */
static bool claim(struct watched *watched, size_t i) {
  watched->warned |= 1U << i;
  return watched_mark(watched, warnings[i].mark) != BG_ERR_EXISTS;
}

void watched_warn(const struct sessions *sessions, struct watched *watched) {
  char left[32];
  char text[96];
  bool tells = false;
  for (size_t i = 0; i < WARNING_COUNT; i++) {
    if (is_wanted(watched, i) && due(watched, i) <= sessions->now) {
      tells = claim(watched, i) || tells; /* late, both may be due: one line */
    }
  }
  if (tells) {
    int64_t ms = watched->grant.session.deadline_boottime * 1000 - sessions->now;
    bg_format_duration((ms + 999) / 1000, sizeof left, left);
    (void)snprintf(text, sizeof text, "this session ends in %s, with all that it started", left);
    watched_tell(sessions, watched, text);
  }
}

/* The terminal that the grant names may be another's once the owner is gone. */
void watched_tell(const struct sessions *sessions, const struct watched *watched,
                  const char *text) {
  char line[128];
  struct terminals terminals = {.count = 0};
  terminals_of(sessions->processes,
               watched->is_bound ? watched->grant.audit_session : BG_NO_AUDIT_SESSION,
               watched->owner_is_gone ? "" : watched->grant.session.tty, &terminals);
  (void)snprintf(line, sizeof line, "\r\n\abreakglass: %s\r\n", text);
  (void)terminals_tell(&terminals, watched->has_uid ? watched->uid : TERMINALS_NO_OWNER, line);
}
