/* SPDX-License-Identifier: BSD-2-Clause */
/* How a session ends. Others first, so that its owner (sshd's monitor, login) sees that it is over
 * and closes PAM; then the owner, its control group, the manager of its login, and whatever is left
 * of it anywhere. */
#include <config.h>

#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "cgroups.h"
#include "kill.h"
#include "processes.h"
#include "watched.h"

/* Milliseconds. */
#define LEAVING_MS 30000 /* for an owner that has closed the session to go: PAM's other modules */
#define LEFT_MS 4000     /* for logind, which asks for 3 s before it kills */
#define OTHERS_MS 1000   /* until the owner's turn comes though others are left */
#define OWNER_MS 3000    /* for the owner to close PAM, and to record that */
#define ALL_MS 5000      /* until it is said that some cannot be killed */
#define SOON_MS 20
#define LATER_MS 200
#define STUCK_MS 10000
#define PASSES 2 /* in one look: a phase may end in the first */
#define TARGETS_MAX 96

static int64_t deadline_ms(const struct watched *watched) {
  return watched->grant.session.deadline_boottime * 1000;
}

static bool is_over(const struct sessions *sessions, const struct watched *watched) {
  return deadline_ms(watched) <= sessions->now;
}

static bool was_opened(const struct watched *watched) {
  return watched->grant.state == BG_GRANT_OPEN;
}

static void begin(const struct sessions *sessions, struct watched *watched, enum bg_ending ending,
                  enum phase phase) {
  watched_set_ending(watched, ending);
  watched_enter(sessions, watched, phase);
}

/* A grant that no session came of belongs to a connection that was never let in. */
static void judge_unused(const struct sessions *sessions, struct watched *watched) {
  if (watched->is_closed && watched->ending != BG_ENDED_NOT) {
    watched_enter(sessions, watched, PHASE_ALL); /* an agent before this one closed it */
  } else if (watched->owner_is_gone) {
    begin(sessions, watched, BG_ENDED_UNUSED, PHASE_CLOSING);
  } else if (is_over(sessions, watched)) {
    begin(sessions, watched, BG_ENDED_UNUSED, PHASE_ALL);
  }
}

static void judge_watched(const struct sessions *sessions, struct watched *watched) {
  if (!was_opened(watched)) {
    judge_unused(sessions, watched);
  } else if (watched->is_closed) {
    /* Where an end is known it is an agent's, perhaps one's before this: it goes on with that. */
    watched_enter(sessions, watched,
                  watched->ending != BG_ENDED_NOT ? PHASE_OTHERS : PHASE_LEAVING);
  } else if (is_over(sessions, watched)) {
    sessions_say(sessions, "%s: its time is over, it is ended", watched_name(watched));
    watched_tell(sessions, watched, "this session ends now: its time is over");
    begin(sessions, watched, BG_ENDED_DEADLINE, PHASE_OTHERS);
  } else if (watched->owner_is_gone) {
    sessions_say(sessions, "%s: process %d, which owned it, was killed: it is ended",
                 watched_name(watched), (int)watched->grant.owner.pid);
    begin(sessions, watched, BG_ENDED_LOST, PHASE_ALL);
  } else {
    watched_warn(sessions, watched);
  }
}

static bool has_lasted(const struct sessions *sessions, const struct watched *watched,
                       enum phase phase, int64_t ms) {
  return watched->phase == phase && sessions->now - watched->since >= ms;
}

static void judge(const struct sessions *sessions, struct watched *watched) {
  if (watched->phase == PHASE_WATCHED) {
    judge_watched(sessions, watched);
  }
  if (watched->phase == PHASE_LEAVING && watched->owner_is_gone) {
    watched_enter(sessions, watched, PHASE_LEFT);
  }
  if (watched->phase == PHASE_LEAVING && is_over(sessions, watched)) {
    watched_enter(sessions, watched, PHASE_OTHERS); /* logind was faster: the owner goes already */
  }
  if ((watched->phase == PHASE_LEFT && is_over(sessions, watched)) ||
      (watched->phase == PHASE_OWNER && watched->owner_is_gone) ||
      has_lasted(sessions, watched, PHASE_LEAVING, LEAVING_MS) ||
      has_lasted(sessions, watched, PHASE_LEFT, LEFT_MS) ||
      has_lasted(sessions, watched, PHASE_OWNER, OWNER_MS)) {
    watched_enter(sessions, watched, PHASE_ALL);
  }
}

/* Whether another session needs the manager of this one's login. */
static bool is_alone(const struct sessions *sessions, const struct watched *watched) {
  for (const struct watched *other = sessions->first; other != NULL; other = other->next) {
    bool same = strcmp(other->grant.session.login, watched->grant.session.login) ==
                    (watched->phase == PHASE_OWNER && watched->left > 0) ||
                (other->has_uid && other->uid == watched->uid);
    if (other != watched && same && !other->is_closed && other->phase == PHASE_WATCHED) {
      return false;
    }
  }
  return true;
}

static void kill_groups(const struct sessions *sessions, struct watched *watched) {
  if (watched->groups_done || !watched->is_bound) {
    return;
  }
  watched->groups_done = true;
  if (!watched->has_uid) {
    sessions_say(sessions, "%s: %s is no local account: its control groups are not known",
                 watched_name(watched), watched->grant.session.login);
    return;
  }
  cgroup_of_session(watched->uid, watched->grant.audit_session, watched->scope);
  watched->scope_by_walk = cgroup_kill(sessions->processes, watched->scope) == CGROUP_UNABLE;
  if (is_alone(sessions, watched)) {
    cgroup_of_manager(watched->uid, watched->manager);
    watched->manager_by_walk = cgroup_kill(sessions->processes, watched->manager) == CGROUP_UNABLE;
  }
}

static void kill_owner(struct watched *watched, int signal) {
  if (watched->owner >= 0 && watched->grant.owner.pid > 1 && watched->grant.owner.pid != getpid()) {
    (void)pidfd_send_signal(watched->owner, signal, NULL, 0);
  }
}

struct pass {
  struct kill_target targets[TARGETS_MAX];
  struct watched *of[TARGETS_MAX];
  size_t count;
};

static void add_target(struct pass *pass, struct watched *watched, struct kill_target target) {
  if (pass->count < TARGETS_MAX) { /* the rest in the next look */
    pass->targets[pass->count] = target;
    pass->of[pass->count++] = watched;
  }
}

static void add_targets(struct pass *pass, struct watched *watched) {
  const struct kill_target none = {.audit_session = BG_NO_AUDIT_SESSION};
  struct kill_target target = none;
  if (watched->is_bound) {
    target.audit_session = watched->grant.audit_session;
  }
  const bool has_moment = watched->phase == PHASE_OTHERS || watched->phase == PHASE_OWNER;
  if (has_moment && watched->owner >= 0) {
    target.spared = watched->grant.owner.pid;
  }
  add_target(pass, watched, target);
  if (watched->scope_by_walk) {
    target = none;
    target.cgroup = watched->scope;
    add_target(pass, watched, target);
  }
  if (watched->manager_by_walk) {
    target = none;
    target.cgroup = watched->manager;
    add_target(pass, watched, target);
  }
}

/* Others that were left to the owner's moment are not left alone with it. Once none is, what comes
 * anew is the owner's own: what PAM's modules start. */
static bool kills(const struct watched *watched) {
  return watched->phase == PHASE_OTHERS || (watched->phase == PHASE_OWNER && watched->left > 0) ||
         watched->phase == PHASE_ALL || watched->phase == PHASE_STUCK;
}

static void prepare(const struct sessions *sessions, struct pass *pass) {
  pass->count = 0;
  for (struct watched *watched = sessions->first; watched != NULL; watched = watched->next) {
    if (watched->phase == PHASE_ALL) {
      kill_owner(watched, SIGKILL);
      kill_groups(sessions, watched);
    }
    if (kills(watched) && watched->again <= sessions->now) {
      add_targets(pass, watched);
    }
  }
}

/* What is in the manager's group is its login's, not this session's. */
static void take_counts(struct pass *pass) {
  for (size_t i = 0; i < pass->count; i++) {
    pass->of[i]->left = 0;
  }
  for (size_t i = 0; i < pass->count; i++) {
    pass->of[i]->left += pass->targets[i].left;
    if (pass->targets[i].cgroup != pass->of[i]->manager) {
      pass->of[i]->found = pass->of[i]->found || pass->targets[i].found;
    }
  }
}

static void go_on_others(const struct sessions *sessions, struct watched *watched) {
  if (watched->owner_is_gone) {
    watched_enter(sessions, watched, PHASE_ALL);
  } else if (watched->left == (watched->phase == PHASE_OWNER && watched->left > 0) ||
             sessions->now - watched->since >= OTHERS_MS) {
    if (!watched->is_closed || watched->by_us) {
      kill_owner(watched, SIGTERM); /* one that had no child to wait for learns of it */
    }
    watched_enter(sessions, watched, PHASE_OWNER);
  }
}

static void go_on_all(const struct sessions *sessions, struct watched *watched) {
  const bool owner_is_left = watched->owner >= 0 && !process_has_ended(watched->owner);
  if (watched->owner >= 0 && !owner_is_left) {
    watched->owner_is_gone = true; /* says nothing more: what it did not, is said in this look */
  }
  if (watched->ending == BG_ENDED_LOST && watched->found) {
    watched_set_ending(watched, BG_ENDED_KILLED);
  }
  if (watched->left == 0 && !owner_is_left) {
    watched_enter(sessions, watched, PHASE_CLOSING);
  } else if (sessions->now - watched->since >= ALL_MS) {
    sessions_say(sessions, "%s: %u of its processes cannot be killed", watched_name(watched),
                 watched->left + owner_is_left);
    watched_enter(sessions, watched, PHASE_CLOSING);
  }
}

/* False if nothing was to be done. */
static bool run_pass(const struct sessions *sessions) {
  struct pass pass;
  prepare(sessions, &pass);
  if (pass.count == 0) {
    return false;
  }
  enum bg_error err = kill_all(sessions->processes, pass.targets, pass.count);
  if (err != BG_OK) {
    sessions_say(sessions, "the host's processes cannot be looked at: %s", bg_strerror(err));
    return false;
  }
  take_counts(&pass);
  for (size_t i = 0; i < pass.count; i++) {
    struct watched *watched = pass.of[i];
    if (watched->phase == PHASE_OTHERS) {
      go_on_others(sessions, watched);
    } else if (watched->phase == PHASE_ALL) {
      go_on_all(sessions, watched);
    } else if (watched->phase == PHASE_STUCK && watched->left == 0) {
      watched_enter(sessions, watched, PHASE_CLOSING); /* all of it was done, but for its grant */
    }
  }
  return true;
}

static int64_t earlier(int64_t a, int64_t b) {
  return a < b ? a : b;
}

static int64_t next_time(const struct sessions *sessions, const struct watched *watched) {
  const int64_t now = sessions->now;
  const int64_t deadline = deadline_ms(watched) > now ? deadline_ms(watched) : INT64_MAX;
  const bool owner_is_unknown = watched->owner < 0 && !watched->owner_is_gone;
  const int64_t retry = owner_is_unknown ? now + LATER_MS : INT64_MAX;
  switch (watched->phase) {
  case PHASE_WATCHED:
    return earlier(retry, was_opened(watched) ? earlier(deadline, watched_next_warning(watched))
                                              : deadline);
  case PHASE_LEAVING:
    return earlier(earlier(retry, deadline), watched->since + LEAVING_MS);
  case PHASE_LEFT:
    return earlier(deadline, watched->since + LEFT_MS);
  case PHASE_OWNER:
    return earlier(earlier(retry, watched->left > 0 ? now + LATER_MS : INT64_MAX),
                   watched->since + OWNER_MS);
  case PHASE_STUCK:
    return now + STUCK_MS;
  default:
    return now + (now - watched->since < 1000 ? SOON_MS : LATER_MS);
  }
}

void sessions_end(struct sessions *sessions) {
  for (struct watched *watched = sessions->first; watched != NULL; watched = watched->next) {
    judge(sessions, watched);
  }
  for (int i = 0; i < PASSES && run_pass(sessions); i++) {
  }
  for (struct watched *watched = sessions->first; watched != NULL; watched = watched->next) {
    const bool waits = kills(watched) && watched->again > sessions->now;
    if (!waits && watched->phase != PHASE_CLOSING) {
      watched->again = next_time(sessions, watched);
    }
  }
}
