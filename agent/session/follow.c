/* SPDX-License-Identifier: BSD-2-Clause */
/* Which sessions there are. An owner is looked at before its grant is read: one that closes its
 * session renames the grant before it goes, and is not taken for one that was killed. */
#include <config.h>

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "breakglass/paths.h"
#include "breakglass/text.h"
#include "processes.h"
#include "watched.h"

/* Closing the descriptor takes it out of the epoll. */
static void let_owner_go(struct watched *watched) {
  if (watched->owner >= 0) {
    (void)close(watched->owner);
    watched->owner = -1;
  }
}

void watched_free(struct watched *watched) {
  let_owner_go(watched);
  free(watched);
}

static void look_at_owner(struct watched *watched) {
  if (watched->owner >= 0 && process_has_ended(watched->owner)) {
    let_owner_go(watched);
    watched->owner_is_gone = true;
  }
}

static void hold_owner(const struct sessions *sessions, struct watched *watched) {
  if (watched->owner >= 0 || watched->owner_is_gone) {
    return;
  }
  enum bg_error err = process_hold(sessions->processes, &watched->grant.owner, &watched->owner);
  watched->owner_is_gone = err == BG_ERR_NOT_FOUND;
  struct epoll_event event = {.events = EPOLLIN};
  if (err == BG_OK && epoll_ctl(sessions->epoll, EPOLL_CTL_ADD, watched->owner, &event) != 0) {
    let_owner_go(watched); /* tried again by the next look */
  }
}

/* Not through the name service, which may ask a network that is down. */
static bool local_uid(const char *login, uid_t *ret_uid) {
  FILE *file = fopen(bg_paths()->passwd, "re");
  bool found = false;
  for (struct passwd *entry; file != NULL && !found && (entry = fgetpwent(file)) != NULL;) {
    found = strcmp(entry->pw_name, login) == 0;
    if (found) {
      *ret_uid = entry->pw_uid;
    }
  }
  if (file != NULL) {
    (void)fclose(file);
  }
  return found;
}

struct search {
  int processes;
  uint32_t audit_session;
  bool found;
  uid_t uid;
};

static void on_process(void *context, pid_t pid, uint32_t audit_session) {
  struct search *search = context;
  if (!search->found && audit_session == search->audit_session) {
    search->found = process_login_uid(search->processes, pid, &search->uid);
  }
}

/* Of what its owner has left behind. */
static bool uid_of_any(const struct sessions *sessions, const struct bg_grant *grant,
                       uid_t *ret_uid) {
  struct search search = {sessions->processes, grant->audit_session, false, 0};
  if (processes_each(sessions->processes, on_process, &search) == BG_OK && search.found) {
    *ret_uid = search.uid;
  }
  return search.found;
}

static void find_uid(const struct sessions *sessions, struct watched *watched) {
  const struct bg_grant *grant = &watched->grant;
  if (watched->has_uid || grant->state != BG_GRANT_OPEN) {
    return;
  }
  const pid_t owner = grant->owner.pid;
  bool in_session = !watched->owner_is_gone &&
                    process_audit_session(sessions->processes, owner) == grant->audit_session;
  watched->has_uid = (in_session && process_login_uid(sessions->processes, owner, &watched->uid)) ||
                     local_uid(grant->session.login, &watched->uid) ||
                     (watched->is_bound && uid_of_any(sessions, grant, &watched->uid));
}

static struct watched *find(const struct sessions *sessions, const char *id) {
  struct watched *watched = sessions->first;
  while (watched != NULL && strcmp(watched->id, id) != 0) {
    watched = watched->next;
  }
  return watched;
}

/* What agents before this one knew of it. That its event is recorded the store knows better. */
static void recall(struct watched *watched, bool is_closed) {
  watched->ending = watched_marked_ending(watched);
  if (is_closed && watched_has_mark(watched, MARK_STUCK)) {
    watched->phase = PHASE_STUCK;
    watched->is_cleaned = true;
  }
}

static void follow(struct sessions *sessions, const struct bg_grant *grant, bool is_closed) {
  char id[BG_TOKEN_ID_HEX];
  bg_hex(bg_bytes(grant->session.token_id, BG_TOKEN_ID_SIZE), id);
  struct watched *watched = find(sessions, id);
  if (watched == NULL) {
    watched = calloc(1, sizeof *watched);
    if (watched == NULL) {
      return; /* the next look finds it */
    }
    memcpy(watched->id, id, sizeof watched->id);
    watched->owner = -1;
    watched->since = sessions->now;
    recall(watched, is_closed);
    watched->next = sessions->first;
    sessions->first = watched;
  }
  watched->grant = *grant;
  watched->is_closed = watched->is_closed || is_closed;
  watched->is_bound = watched->is_bound || bg_grant_is_bound(grant);
}

static bool on_grant(void *context, const struct bg_grant *grant) {
  struct sessions *sessions = context;
  if (grant != NULL) {
    follow(sessions, grant, false);
  }
  sessions->unreadable += grant == NULL;
  return true;
}

static bool on_closed(void *context, const struct bg_grant *grant) {
  struct sessions *sessions = context;
  if (grant != NULL) {
    follow(sessions, grant, true);
  }
  sessions->unreadable += grant == NULL;
  return true;
}

static void tell_unreadable(struct sessions *sessions, unsigned before) {
  const unsigned now = sessions->unreadable;
  if (now != before || now == sessions->told) {
    return; /* the next look sees whether they stay so */
  }
  if (now > sessions->told) {
    sessions_say(sessions, "%s: %u files are no grants: nothing is ended by them",
                 bg_paths()->grants, now);
  }
  sessions->told = now;
}

static void read_grants(struct sessions *sessions) {
  const unsigned before = sessions->unreadable;
  sessions->unreadable = 0;
  enum bg_error err = bg_grants_each(on_grant, sessions);
  if (err == BG_OK) {
    err = bg_grants_closed_each(on_closed, sessions);
  }
  if (err != BG_OK) {
    sessions_say(sessions, "%s: %s: sessions that were not seen before are not ended",
                 bg_paths()->grants, bg_strerror(err));
  }
  tell_unreadable(sessions, before);
}

void sessions_follow(struct sessions *sessions) {
  for (struct watched *watched = sessions->first; watched != NULL; watched = watched->next) {
    look_at_owner(watched);
  }
  read_grants(sessions);
  for (struct watched *watched = sessions->first; watched != NULL; watched = watched->next) {
    hold_owner(sessions, watched);
    find_uid(sessions, watched);
  }
}
