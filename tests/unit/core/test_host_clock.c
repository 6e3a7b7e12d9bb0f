/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "breakglass/host_clock.h"
#include "test_paths.h"

static void clocks(void **state) {
  (void)state;
  int64_t before = time(NULL);
  int64_t now = bg_clock_now();
  assert_true(now >= before && now <= before + 5);
  assert_true(bg_clock_boottime() > 0 && bg_clock_boottime() < now);
  assert_true(bg_clock_built() > 1700000000 && bg_clock_built() <= now);
}

static void boot_id_is_the_kernels(void **state) {
  (void)state;
  char id[BG_BOOT_ID_SIZE];
  char expected[64];
  FILE *file = fopen("/proc/sys/kernel/random/boot_id", "r");
  assert_non_null(file);
  assert_non_null(fgets(expected, sizeof expected, file));
  (void)fclose(file);
  assert_int_equal(bg_boot_id(id), BG_OK);
  assert_int_equal(strlen(id), 36);
  assert_memory_equal(id, expected, 36);
}

/* A child of this name that waits to be killed. */
static pid_t child_named(const char *name) {
  int ready[2];
  char byte = 0;
  assert_int_equal(pipe(ready), 0);
  pid_t pid = fork();
  if (pid == 0) {
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* whatever fails here */
    (void)prctl(PR_SET_NAME, name);
    (void)!write(ready[1], "x", 1);
    for (;;) {
      (void)pause();
    }
  }
  assert_true(pid > 0);
  assert_int_equal(read(ready[0], &byte, 1), 1);
  (void)close(ready[0]);
  (void)close(ready[1]);
  return pid;
}

static void a_name_cannot_lie_about_the_start(void **state) {
  (void)state;
  static const char *const names[] = {"plain", "a b c", ") Z 1 2 3", "((", "))", "x) S 1 (y", "\n"};
  struct bg_process self;
  assert_int_equal(bg_process_of(getpid(), &self), BG_OK);
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    struct bg_process child = {0};
    pid_t pid = child_named(names[i]);
    assert_int_equal(bg_process_of(pid, &child), BG_OK);
    assert_int_equal(child.pid, pid);
    assert_true(child.start >= self.start);
    assert_true(child.start / (uint64_t)sysconf(_SC_CLK_TCK) <= (uint64_t)bg_clock_boottime());
    assert_true(bg_clock_boottime() - (int64_t)(child.start / (uint64_t)sysconf(_SC_CLK_TCK)) < 60);
    (void)kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
  }
}

static void the_dead_are_not_alive(void **state) {
  (void)state;
  struct bg_process child = {0};
  siginfo_t info;
  pid_t pid = child_named("child");
  assert_int_equal(bg_process_of(pid, &child), BG_OK);
  assert_true(bg_process_is_alive(&child));
  struct bg_process later = {.pid = pid, .start = child.start + 1};
  assert_false(bg_process_is_alive(&later));
  (void)kill(pid, SIGKILL);
  assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
  assert_false(bg_process_is_alive(&child)); /* not waited for yet */
  assert_int_equal(waitpid(pid, NULL, 0), pid);
  assert_false(bg_process_is_alive(&child));
  assert_int_equal(bg_process_of(pid, &child), BG_ERR_NOT_FOUND);
  assert_int_equal(bg_process_of(0, &child), BG_ERR_NOT_FOUND);
  assert_int_equal(bg_process_of(-1, &child), BG_ERR_NOT_FOUND);
}

static void audit_session_of_any_kernel(void **state) {
  (void)state;
  static const char *const bad[] = {"", "-1\n", "4294967296\n", "x\n", "1 2\n"};
  uint32_t session = 77;
  (void)test_root_create();
  assert_int_equal(bg_audit_session(&session), BG_ERR_NOT_FOUND);
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    test_root_write("/run/audit.session", bad[i]);
    assert_int_not_equal(bg_audit_session(&session), BG_OK);
  }
  assert_true(session == 77);
  test_root_write("/run/audit.session", "4294967295\n");
  assert_int_equal(bg_audit_session(&session), BG_OK);
  assert_true(session == BG_NO_AUDIT_SESSION);
  test_root_write("/run/audit.session", "12\n");
  assert_int_equal(bg_audit_session(&session), BG_OK);
  assert_true(session == 12);
  test_root_remove();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(clocks),
      cmocka_unit_test(boot_id_is_the_kernels),
      cmocka_unit_test(a_name_cannot_lie_about_the_start),
      cmocka_unit_test(the_dead_are_not_alive),
      cmocka_unit_test(audit_session_of_any_kernel),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
