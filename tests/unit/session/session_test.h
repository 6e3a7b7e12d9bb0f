/* SPDX-License-Identifier: BSD-2-Clause */
/* Sessions of real processes on a host in a folder: its /proc says of them what the test wants.
 * Outside of it nothing is touched: a process that /proc does not name is not found. */
#ifndef BREAKGLASS_SESSION_TEST_H
#define BREAKGLASS_SESSION_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "agent/session/sessions.h"
#include "breakglass/grant.h"
#include "test_paths.h"
#include "test_state.h"

#define OPS_UID 4242 /* of the login "ops" */

/* Each test's own host with its folders, and its end, which kills what the test has started. */
int new_host(void **state);
int end_host(void **state);

/* What /proc says of who logged in to start one: OPS_UID, unless a test sets it. */
extern uid_t login_uid;
/* A child that sleeps until it is killed; of this audit session, as /proc says. */
pid_t start_process(uint32_t audit_session);
/* What /proc says of a process from now on; tty 0: no terminal. */
void say_process(pid_t pid, uint32_t audit_session, dev_t tty);
/* Waits up to five seconds for the child to be gone. */
bool has_gone(pid_t pid);
bool is_running(pid_t pid);
/* A child that runs this without heeding TERM, and ends. */
pid_t start_child(void (*run)(void *context), void *context);

/* A grant with this token id (every byte), accepted, with so many seconds left, of this owner. */
struct bg_grant accept_grant(uint8_t id, pid_t owner, int64_t seconds);
/* The same, opened for the audit session. */
struct bg_grant open_grant(uint8_t id, pid_t owner, uint32_t audit_session, int64_t seconds);
/* Lets so many seconds of it pass. */
void age_grant(struct bg_grant *grant, int64_t seconds);

/* Whether run/grants has a file of this token and suffix. */
bool grant_exists(uint8_t id, const char *suffix);

/* sessions.h, with this host and a log that is kept. */
struct sessions_config test_config(void);
struct sessions *new_sessions(void);
/* With a configuration that is copied. */
struct sessions *open_sessions(const struct sessions_config *wanted);
bool log_has(const char *text);
/* The clocks of boot and of the day run ahead of the machine's, so that nothing is waited for but
 * what processes do: while a test sets this, they run as fast. */
extern bool in_real_time;
int64_t now_ms(void); /* CLOCK_BOOTTIME */
void pass_time(int64_t ms);
/* The clock of the day alone, from now on. */
void set_clock(int64_t seconds_ahead);
/* Looks as the agent would until nothing is followed any more, for ten seconds at most; fails the
 * test then. Answers how long it took, ms. */
int64_t look_until_over(struct sessions *sessions);
/* The same for so many milliseconds. */
void look_for(struct sessions *sessions, int64_t ms);

/* How many audit records say that a session is closed. */
int audited_ends(void);
/* Whether an event can be recorded. */
void let_record(bool can);
/* How many closed events the token has; with an ending, those that say so. */
int closed_events(uint8_t id, const char *ending);

#endif
