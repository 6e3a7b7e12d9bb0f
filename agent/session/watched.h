/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of this folder share: the sessions that are followed, and how far the end of each
 * has come. */
#ifndef BREAKGLASS_AGENT_WATCHED_H
#define BREAKGLASS_AGENT_WATCHED_H

#include "breakglass/paths.h"
#include "scribe.h"
#include "sessions.h"

/* In this order, but for what each says. */
enum phase {
  PHASE_WATCHED, /* it goes on */
  PHASE_LEAVING, /* closed by its owner, which is about to go */
  PHASE_LEFT,    /* that is gone; logind is about to end what is left */
  PHASE_OTHERS,  /* all but the owner are killed */
  PHASE_OWNER,   /* the owner may close PAM */
  PHASE_ALL,     /* everything is killed */
  PHASE_CLOSING, /* nothing is left, or it could not be killed: what remains is to be said */
  PHASE_STUCK,   /* all is said, but processes are there that cannot be killed */
  PHASE_OVER,
};

struct watched {
  struct watched *next;
  char id[BG_TOKEN_ID_HEX];
  struct bg_grant grant; /* as last read */
  int owner;             /* pidfd of the owner; -1 once it is gone, or cannot be had */
  bool owner_is_gone;
  bool has_uid;
  uid_t uid; /* of its login */
  enum phase phase;
  int64_t since; /* of the phase, ms */
  int64_t again; /* when it wants to be looked at again, ms; INT64_MAX: when something happens */
  enum bg_ending ending; /* BG_ENDED_NOT until it is known */
  bool is_closed;        /* its grant is renamed */
  bool by_us;            /* by this process: whose part its closed event is */
  bool is_away;          /* with a scribe, which says what becomes of those that follow */
  bool is_cleaned;       /* its jobs of cron are removed */
  bool is_audited;       /* by this process */
  bool is_recorded;      /* its closed event was seen, or written */
  bool is_bound;         /* run/sessions has named it as the grant of its audit session */
  bool groups_done;      /* the two below were looked at */
  bool scope_by_walk;    /* cgroup.kill was not to be had for the session's scope */
  bool manager_by_walk;  /* nor for its login's manager */
  bool found;            /* processes, in any walk of its end */
  unsigned left;         /* processes, in the last walk */
  unsigned warned;       /* bits of the warnings that are done with */
  char scope[BG_PATH_SIZE];
  char manager[BG_PATH_SIZE];
};

struct sessions {
  const struct sessions_config *config;
  int epoll; /* of the owners, and of the scribes */
  int processes;
  int64_t now; /* ms, of this look */
  struct watched *first;
  struct scribe *scribes[SHEET_WORKS]; /* at work; NULL: not now */
  int64_t lost_at; /* when those of earlier boots are to be closed, ms; INT64_MAX: never */
  enum bg_error lost_problem; /* what was said last */
  unsigned unreadable;        /* grants, in the last look: one may be half written */
  unsigned told;              /* how many of these it was said of */
};

void sessions_say(const struct sessions *sessions, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* "session 7 of alice@example.com (ops)": static. */
const char *watched_name(const struct watched *watched);
void watched_enter(const struct sessions *sessions, struct watched *watched, enum phase phase);
/* What its closed event will say; the first that is found stays, but that LOST may become KILLED.
 * Kept for the next agent. */
void watched_set_ending(struct watched *watched, enum bg_ending ending);

/* follow.c: makes the list what run/grants says, and finds out which owners are gone. */
void sessions_follow(struct sessions *sessions);
void watched_free(struct watched *watched);

/* warn.c */
void watched_warn(const struct sessions *sessions, struct watched *watched);
/* When the next warning is due, ms; INT64_MAX if none is. */
int64_t watched_next_warning(const struct watched *watched);
/* Says it on the session's terminals, with how long it has. */
void watched_tell(const struct sessions *sessions, const struct watched *watched, const char *text);

/* marks.c: what the next agent has to know of a session, each an empty file beside its grant. */
enum mark {
  MARK_WARNED_300, /* warnings that were given */
  MARK_WARNED_60,
  MARK_KILLED, /* how it ends, once that is known: before its grant is closed */
  MARK_REVOKED,
  MARK_DEADLINE,
  MARK_LOST,
  MARK_UNUSED,
  MARK_STUCK, /* PHASE_STUCK */
  MARK_COUNT,
};
/* BG_ERR_EXISTS if it is there, BG_ERR_IO. */
BG_MUST_USE enum bg_error watched_mark(const struct watched *watched, enum mark mark);
bool watched_has_mark(const struct watched *watched, enum mark mark);
/* The one of watched->ending. */
void watched_mark_ending(const struct watched *watched);
/* BG_ENDED_NOT if no agent has begun its end. */
enum bg_ending watched_marked_ending(const struct watched *watched);
void watched_forget_marks(const struct watched *watched);

/* end.c: begins ends, and takes each one on as far as it goes now. */
void sessions_end(struct sessions *sessions);

/* closed.c: what is done for those in PHASE_CLOSING, and for those of earlier boots. */
void sessions_record(struct sessions *sessions);
/* Waits for the scribes. */
void sessions_stop_recording(struct sessions *sessions);

#endif
