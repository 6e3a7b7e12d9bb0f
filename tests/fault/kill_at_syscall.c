/* SPDX-License-Identifier: BSD-2-Clause */
/* kill_at_syscall N PROGRAM [ARGUMENT...]: runs the program and kills it with
 * SIGKILL before its N-th system call takes effect. System calls of the loader
 * count from the program's own first on. Exit: 0 killed, 1 the program ended by
 * itself with 0 (N is past its end), 2 it failed by itself, 77 no ptrace here. */
#include <config.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KILLED = 0, ENDED = 1, FAILED = 2, NO_PTRACE = 77 };

/* The signal that ptrace marks a stop at a system call with (PTRACE_O_TRACESYSGOOD). */
#define AT_SYSCALL (SIGTRAP | 0x80)

static void run(char **command) {
  if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) {
    _exit(NO_PTRACE);
  }
  (void)execv(command[0], command);
  perror(command[0]);
  _exit(FAILED);
}

static int ended(int status) {
  if (WIFEXITED(status)) {
    int code = WEXITSTATUS(status);
    return code == 0 ? ENDED : code == NO_PTRACE ? NO_PTRACE : FAILED;
  }
  return FAILED;
}

/* Each call stops twice, at its entry and at its exit. */
static int count_and_kill(pid_t child, long n) {
  long stops = 0;
  int signal = 0;
  for (;;) {
    int status = 0;
    if (ptrace(PTRACE_SYSCALL, child, NULL, signal) != 0 || waitpid(child, &status, 0) != child) {
      return FAILED;
    }
    if (!WIFSTOPPED(status)) {
      return ended(status);
    }
    signal = WSTOPSIG(status);
    if (signal == AT_SYSCALL) {
      signal = 0;
      if (stops++ == 2 * (n - 1)) {
        (void)kill(child, SIGKILL);
        (void)waitpid(child, &status, 0);
        return KILLED;
      }
    }
  }
}

int main(int argc, char **argv) {
  int status = 0;
  long n = argc > 2 ? strtol(argv[1], NULL, 10) : 0;
  if (n < 1) {
    (void)fprintf(stderr, "usage: kill_at_syscall N PROGRAM [ARGUMENT...]\n");
    return FAILED;
  }
  pid_t child = fork();
  if (child == 0) {
    run(argv + 2);
  }
  if (child < 0 || waitpid(child, &status, 0) != child) {
    return FAILED;
  }
  if (!WIFSTOPPED(status)) {
    return ended(status);
  }
  if (ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) != 0) {
    (void)kill(child, SIGKILL);
    return NO_PTRACE;
  }
  return count_and_kill(child, n);
}
