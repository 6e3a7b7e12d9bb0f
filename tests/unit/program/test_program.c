/* SPDX-License-Identifier: BSD-2-Clause */
/* Which programs of a folder are run, and how. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "breakglass/file.h"
#include "breakglass/host_clock.h"
#include "breakglass/program.h"
#include "test_paths.h"

#define FOLDER "/etc/breakglass/sinks.d"

static char folder[600];
static char reason[BG_PROGRAM_REASON_SIZE];

static int set_up(void **state) {
  (void)state;
  (void)snprintf(folder, sizeof folder, "%s" FOLDER, test_root_create());
  reason[0] = '\0';
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  test_root_remove();
  return 0;
}

static void make(const char *name, const char *script, mode_t mode) {
  char path[900];
  char text[800];
  (void)snprintf(path, sizeof path, FOLDER "/%s", name);
  (void)snprintf(text, sizeof text, "#!/bin/sh\n%s\n", script);
  test_root_write(path, text);
  (void)snprintf(path, sizeof path, "%s/%s", folder, name);
  assert_int_equal(chmod(path, mode), 0);
}

static bool run(const char *name, int cancel) {
  const struct bg_program program = {.folder = folder, .name = name, .owner = geteuid()};
  return bg_program_run(&program, bg_bytes_of("a line\n"), cancel, reason);
}

static void note(void *context, const struct bg_program *program, const char *problem) {
  char *told = context;
  size_t len = strlen(told);
  (void)snprintf(told + len, 512 - len, "%s%s ", program->name, problem != NULL ? "!" : "");
}

static void only_safe_programs_are_run_in_the_order_of_their_names(void **state) {
  char told[512] = "";
  char path[900];
  (void)state;
  make("b", "exit 0", 0755);
  make("a", "exit 0", 0700);
  make("B", "exit 0", 0755);
  make("c.bak", "exit 0", 0755);
  make("plain", "exit 0", 0644);
  make("writable", "exit 0", 0775);
  make(".hidden", "exit 0", 0755);
  (void)snprintf(path, sizeof path, "%s/link", folder);
  assert_int_equal(symlink("a", path), 0);
  assert_int_equal(bg_programs_each(folder, geteuid(), note, told), BG_OK);
  assert_string_equal(told, "B a b c.bak! link! plain! writable! ");
  assert_false(run("writable", -1));
  assert_string_equal(reason, "it is not run: not an executable file that only root can write");
  assert_false(run("../sinks.d/a", -1));
  assert_int_equal(chmod(folder, 0777), 0);
  assert_int_equal(bg_programs_each(folder, geteuid(), note, told), BG_ERR_UNSAFE);
  assert_false(run("a", -1));
  assert_string_equal(reason, "it is not run: others can write its folder");
  assert_int_equal(bg_programs_each("/nonexistent", geteuid(), note, told), BG_ERR_NOT_FOUND);
}

static void its_end_is_told(void **state) {
  (void)state;
  make("good", "test \"$(cat)\" = 'a line'", 0755);
  make("bad", "exit 3", 0755);
  make("killed", "kill -9 $$", 0755);
  assert_true(run("good", -1));
  assert_false(run("bad", -1));
  assert_string_equal(reason, "exit code 3");
  assert_false(run("killed", -1));
  assert_string_equal(reason, "signal 9 ended it");
  assert_false(run("none", -1));
}

static void it_inherits_nothing(void **state) {
  (void)state;
  sigset_t blocked;
  int fd = open("/etc/passwd", O_RDONLY); // NOLINT: to be inherited, if it could be
  assert_true(fd > 2);
  (void)setenv("SECRET", "1", 1);
  (void)sigemptyset(&blocked);
  (void)sigaddset(&blocked, SIGTERM);
  (void)sigprocmask(SIG_BLOCK, &blocked, NULL);
  (void)signal(SIGPIPE, SIG_IGN);
  make("env", "test -z \"$SECRET\" && test \"$PATH\" = /usr/sbin:/usr/bin:/sbin:/bin", 0755);
  make("fds", "ls -l /proc/$$/fd | grep -q ' -> ' && ! ls -l /proc/$$/fd | grep -q passwd", 0755);
  make("cwd", "test \"$PWD\" = /", 0755);
  /* But the two that are glibc's own. */
  make("signals",
       "grep -qx 'SigBlk:\t0*' /proc/self/status &&"
       " grep -qxE 'SigIgn:\t0*(180000000)?' /proc/self/status",
       0755);
  assert_true(run("env", -1));
  assert_true(run("fds", -1));
  assert_true(run("cwd", -1));
  assert_true(run("signals", -1));
  (void)close(fd);
}

/* With whatever it has started. */
static void it_is_killed_when_nobody_wants_it_any_more(void **state) {
  (void)state;
  char text[700];
  int cancel = eventfd(1, EFD_CLOEXEC);
  const int64_t begin = bg_clock_boottime();
  (void)snprintf(text, sizeof text, "sleep 30 & echo $! >%s.pid; wait", folder);
  make("slow", text, 0755);
  assert_false(run("slow", cancel));
  assert_string_equal(reason, "it was not waited for");
  assert_true(bg_clock_boottime() - begin < 5);
  (void)snprintf(text, sizeof text, "sleep 30 >/dev/null 2>&1 & echo $! >%s.pid", folder);
  make("leaves", text, 0755);
  assert_true(run("leaves", -1));
  (void)snprintf(text, sizeof text, "%s.pid", folder);
  struct bg_file file = {0};
  assert_int_equal(bg_file_read(text, geteuid(), 32, &file), BG_OK);
  pid_t pid = (pid_t)strtol((const char *)file.data, NULL, 10);
  bg_file_free(&file);
  bool alive = true;
  for (int i = 0; i < 100 && alive; i++) {
    struct bg_process process;
    char state_path[64];
    char status[512] = "";
    (void)snprintf(state_path, sizeof state_path, "/proc/%d/stat", pid);
    alive = bg_process_of(pid, &process) == BG_OK &&
            bg_proc_read(state_path, sizeof status, status) == BG_OK &&
            strstr(status, ") Z ") == NULL;
    (void)usleep(10000);
  }
  assert_false(alive);
  (void)close(cancel);
}

static void it_gets_its_words_and_its_time(void **state) {
  struct bg_program program = {
      .folder = folder, .name = "words", .owner = geteuid(), .words = {"one", "two words"}};
  (void)state;
  make("words", "[ $# = 2 ] && [ \"$1\" = one ] && [ \"$2\" = 'two words' ]", 0755);
  assert_true(bg_program_run(&program, bg_bytes_of(""), -1, reason));
  program.words[1] = "a word of thirty-two bytes, too";
  assert_false(bg_program_run(&program, bg_bytes_of(""), -1, reason));
  assert_string_equal(reason, "exit code 1");
  program.words[1] = "a word of thirty-two bytes, too.";
  assert_false(bg_program_run(&program, bg_bytes_of(""), -1, reason));
  assert_non_null(strstr(reason, "it does not start"));
  make("words", "sleep 60", 0755);
  program.words[1] = NULL;
  program.seconds = 1;
  assert_false(bg_program_run(&program, bg_bytes_of(""), -1, reason));
  assert_string_equal(reason, "it took longer than 1 s");
}

int main(void) {
#define CHECK(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      CHECK(only_safe_programs_are_run_in_the_order_of_their_names),
      CHECK(its_end_is_told),
      CHECK(it_inherits_nothing),
      CHECK(it_is_killed_when_nobody_wants_it_any_more),
      CHECK(it_gets_its_words_and_its_time),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
