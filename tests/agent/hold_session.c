/* SPDX-License-Identifier: BSD-2-Clause */
/* hold_session TOKEN_BYTE SECONDS [leave]: what sshd's monitor is to a session, on the host below
 * $BREAKGLASS_TEST_ROOT. Begins an audit session of the kernel's own (exit code 77 where that
 * cannot be done), opens a grant for so many seconds, starts a child that heeds no signal but KILL,
 * and says "OWNER CHILD AUDIT_SESSION". Once the child has ended, or it is told by TERM, it logs
 * out. With leave it logs out at once, and the child stays. */
#include <config.h>

#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "breakglass/file.h"
#include "breakglass/gate.h"
#include "breakglass/run_state.h"
#include "test_state.h"

#define SKIPPED 77
#define LIFE_S 120 /* of all that is started here, whatever becomes of the test */

static void note_term(int number) {
  (void)number; /* waitpid(2) ends with EINTR */
}

static bool begin_audit_session(void) {
  int fd = open("/proc/self/loginuid", O_WRONLY | O_CLOEXEC);
  bool begun = fd >= 0 && write(fd, "4242", 4) == 4;
  if (fd >= 0) {
    (void)close(fd);
  }
  return begun;
}

static bool open_session(uint8_t token, int64_t seconds, struct bg_grant *ret_grant) {
  struct bg_session session = test_session(token);
  struct bg_event event = test_opened(&session);
  enum bg_durability durability;
  uint32_t audit_session = BG_NO_AUDIT_SESSION;
  char text[16];
  int64_t epoch;
  session.deadline = session.accepted + seconds;
  session.deadline_boottime = bg_clock_boottime() + seconds;
  event.replace_by = session.deadline;
  *ret_grant = test_grant(&session);
  if (bg_proc_read("/proc/self/sessionid", sizeof text, text) == BG_OK) {
    audit_session = (uint32_t)strtoul(text, NULL, 10);
  }
  return bg_process_of(getpid(), &ret_grant->owner) == BG_OK &&
         bg_run_state_prepare(session.accepted, &epoch) == BG_OK &&
         bg_event_store_ready(false) == BG_OK && bg_spent_consume(session.token_id) == BG_OK &&
         bg_event_record(&event, &durability) == BG_OK && bg_grant_create(ret_grant) == BG_OK &&
         bg_grant_open(ret_grant, audit_session, NULL, session.accepted) == BG_OK;
}

static void live(void) {
  (void)signal(SIGTERM, SIG_IGN);
  (void)signal(SIGHUP, SIG_IGN);
  (void)alarm(LIFE_S);
  for (;;) {
    (void)pause();
  }
}

static void log_out(const struct bg_grant *grant) {
  char id[BG_TOKEN_ID_HEX];
  bg_hex(bg_bytes(grant->session.token_id, BG_TOKEN_ID_SIZE), id);
  const bool is_over = grant->session.deadline_boottime <= bg_clock_boottime();
  if (bg_grant_close(id) == BG_OK) {
    (void)!bg_gate_record_closed(&test_host, 0, grant,
                                 is_over ? BG_ENDED_DEADLINE : BG_ENDED_LOGOUT);
  }
}

int main(int argc, char **argv) {
  const struct sigaction on_term = {.sa_handler = note_term};
  struct bg_grant grant;
  if (argc < 3 || sodium_init() < 0) {
    return 2;
  }
  if (!begin_audit_session()) {
    return SKIPPED;
  }
  (void)alarm(LIFE_S);
  (void)sigaction(SIGTERM, &on_term, NULL);
  if (!open_session((uint8_t)strtoul(argv[1], NULL, 10), strtoll(argv[2], NULL, 10), &grant)) {
    perror("hold_session");
    return 1;
  }
  pid_t child = fork();
  if (child == 0) {
    live();
  }
  (void)printf("%d %d %u\n", (int)getpid(), (int)child, grant.audit_session);
  (void)fflush(stdout);
  if (argc == 3) {
    (void)waitpid(child, NULL, 0);
  }
  log_out(&grant);
  return 0;
}
