/* SPDX-License-Identifier: BSD-2-Clause */
/* Ends sessions: at the deadline, when the token was taken back, when the process that owned one
 * was killed, and what is left of one that was logged out of. Warns before the deadline, and sees
 * to it that each session that was opened gets one closed event. For the agent: root, one thread,
 * and threads of its own, the scribes, for what may wait. Reaches core, token, state, audit, gate
 * (the closed event alone), service (its JSON reader).
 *
 * A look takes a walk through the processes of the host and KILL_MS (kill.h) more. It reads and
 * writes nothing but /proc, control groups, terminals, /etc/passwd and run/, and waits neither for
 * a disk that hangs nor for the store's lock: that is the part of two scribes. One removes jobs
 * of cron; one records, and reads the store of events once for the sessions that somebody else
 * closed.
 *
 * It needs CAP_KILL, CAP_DAC_OVERRIDE, CAP_FOWNER and CAP_AUDIT_WRITE, the host's own /proc, /dev
 * with its terminals, /etc/passwd, and to write to /sys/fs/cgroup, /var/spool/cron and the gate's
 * state. */
#ifndef BREAKGLASS_AGENT_SESSIONS_H
#define BREAKGLASS_AGENT_SESSIONS_H

#include "breakglass/event.h"
#include "breakglass/revocations.h"

struct sessions;

struct sessions_config {
  /* Of the policy. While it cannot be read: as it was last, or the id "unknown" and no limit. */
  const struct bg_host *host; /* whom the closed events are of */
  int64_t longest_tainted;    /* seconds; 0: no limit */
  bool closes_lost;           /* sessions_close_lost(), once, and again until it succeeds */
  bool waits;                 /* for all of that, in the look itself, without a thread: for tests */
  /* A line for the system log, clean text without a line end; may be NULL. Of any thread. */
  void (*log)(void *context, const char *text);
  void *context;
};

/* Knows of none yet: look at once. config is lent until sessions_close(), and may change between
 * calls. Logs that processes are hidden from it, if they are. BG_ERR_NOMEM, BG_ERR_IO (no
 * descriptor). Free with sessions_close(), which ends no session, takes NULL, and waits for the
 * scribes: as long as a disk hangs. */
BG_MUST_USE enum bg_error sessions_open(const struct sessions_config *config,
                                        struct sessions **ret_sessions);
void sessions_close(struct sessions *sessions);

/* CLOCK_BOOTTIME, milliseconds. */
int64_t sessions_now(void);

/* Looks at every grant of run/grants, warns, ends, records. To be called at the start, when a file
 * of that folder changes, when sessions_fd() can be read, and at the time that it returns,
 * as sessions_now() tells it; INT64_MAX: none. A look too many does no harm. */
int64_t sessions_look(struct sessions *sessions);

/* Becomes readable when the owner of a session ends, or a scribe is done; until the next look.
 * Owned by sessions. */
int sessions_fd(const struct sessions *sessions);

/* How many sessions are followed now; those that are over count until nothing of them is left. */
size_t sessions_count(const struct sessions *sessions);

/* Ends the sessions whose tokens this list takes back, and those of the holders' keys that it takes
 * back. The list is one that bg_revocations_verify() has answered BG_OK for; how old it is does not
 * matter. Not those of a signer's key that was revoked: a grant names the people who have signed,
 * and not their keys. To be called with each new list, and once after the start, before the first
 * look; their grants are closed when this returns, and they end by the looks that follow: look at
 * once. Answers how many it ends, which went on until now. */
size_t sessions_revoke(struct sessions *sessions, const struct bg_revocations *list);

/* At the start, once a boot: a session that an earlier boot opened, and that nobody closed, went
 * down with the host. Records its closed event with the ending "reboot". Reads the store of events
 * once, and a second time if there are such; records 64 of them at most, and sets *ret_more if
 * there are more of them: call it again. A look has it done where the configuration says it.
 * BG_ERR_NOMEM, or as bg_events_each() and bg_event_record(); the rest is found again by the next
 * call. */
BG_MUST_USE enum bg_error sessions_close_lost(const struct sessions_config *config, bool *ret_more);

#endif
