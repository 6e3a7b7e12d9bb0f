/* SPDX-License-Identifier: BSD-2-Clause */
/* Sessions, grants and events as the gate makes them. */
#ifndef BREAKGLASS_TEST_STATE_H
#define BREAKGLASS_TEST_STATE_H

#include "breakglass/event.h"

extern const struct bg_host test_host;

/* A session with this token id (every byte), accepted now, with 30 minutes left. */
struct bg_session test_session(uint8_t id);
struct bg_grant test_grant(const struct bg_session *session);
/* The event of a session's begin, without a limit of the whole taint. */
struct bg_event test_opened(const struct bg_session *session);
/* Records one, aborts if that fails. */
enum bg_durability test_record(const struct bg_session *session);
/* A new root, whose events are those of the sessions 1 to `last`; aborts if that fails. */
void test_host_of(uint8_t last);
/* Path below the test's root, static for four calls. */
const char *test_path(const char *path);
/* Whether the file below the root exists. */
bool test_exists(const char *path);
/* How many entries the folder has whose name does not begin with a dot. */
int test_entries(const char *path);
/* Whether permissions do not bind this user. */
bool test_is_root(void);

#endif
