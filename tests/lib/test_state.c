/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "test_state.h"

#include "breakglass/run_state.h"
#include "test_paths.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char groups[1][BG_NAME_SIZE] = {"web"};
const struct bg_host test_host = {"host-1", groups, 1};

struct bg_session test_session(uint8_t id) {
  int64_t now = bg_clock_now();
  struct bg_session session = {
      .issuer = "corp",
      .subject = "alice@example.com",
      .approvers = {"bob@example.com"},
      .approver_count = 1,
      .login = "ops",
      .reason = "INC-1: \"disk\" \\ full",
      .service = "sshd",
      .source = "192.0.2.7",
      .level = BG_LEVEL_REBUILD,
      .by_issuer = true,
      .clock_trusted = true,
      .audit_available = true,
      .revocations_fresh = true,
      .issued_at = now - 5,
      .accepted = now,
      .deadline = now + 1800,
      .deadline_boottime = bg_clock_boottime() + 1800,
  };
  memset(session.token_id, id, sizeof session.token_id);
  return session;
}

struct bg_grant test_grant(const struct bg_session *session) {
  struct bg_grant grant = {.session = *session,
                           .owner = {.pid = getpid(), .start = 12345},
                           .state = BG_GRANT_ACCEPTED,
                           .audit_session = BG_NO_AUDIT_SESSION};
  return grant;
}

struct bg_event test_opened(const struct bg_session *session) {
  return (struct bg_event){.type = BG_EVENT_TAINT_OPENED,
                           .host = &test_host,
                           .time = session->accepted,
                           .level = session->level,
                           .replace_by = session->deadline,
                           .session = session};
}

enum bg_durability test_record(const struct bg_session *session) {
  struct bg_event event = test_opened(session);
  enum bg_durability durability;
  if (bg_event_record(&event, &durability) != BG_OK) {
    perror("record");
    abort();
  }
  return durability;
}

void test_host_of(uint8_t last) {
  int64_t epoch;
  (void)test_root_create();
  if (bg_run_state_prepare(bg_clock_now(), &epoch) != BG_OK) {
    abort();
  }
  for (uint8_t id = 1; id <= last; id++) {
    const struct bg_session session = test_session(id);
    if (test_record(&session) != BG_DURABLE) {
      abort();
    }
  }
}

const char *test_path(const char *path) {
  static char paths[4][1024];
  static unsigned next;
  char *text = paths[next++ % 4];
  (void)snprintf(text, sizeof paths[0], "%s%s", getenv("BREAKGLASS_TEST_ROOT"), path);
  return text;
}

bool test_exists(const char *path) {
  return access(test_path(path), F_OK) == 0;
}

int test_entries(const char *path) {
  DIR *dir = opendir(test_path(path));
  int count = dir != NULL ? 0 : -1;
  for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
    count += entry->d_name[0] != '.';
  }
  if (dir != NULL) {
    (void)closedir(dir);
  }
  return count;
}

bool test_is_root(void) {
  return geteuid() == 0;
}
