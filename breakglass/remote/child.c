/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "child.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

static sigset_t before; /* what was blocked before the guard */

static void fill(sigset_t *set) {
  (void)sigemptyset(set);
  (void)sigaddset(set, SIGINT);
  (void)sigaddset(set, SIGTERM);
  (void)sigaddset(set, SIGHUP);
  (void)sigaddset(set, SIGQUIT);
  (void)sigaddset(set, SIGCHLD);
}

void child_guard(void) {
  sigset_t set;
  fill(&set);
  /* One that is ignored or blocked by whoever started this would never be seen. */
  (void)signal(SIGCHLD, SIG_DFL);
  (void)sigprocmask(SIG_BLOCK, &set, &before);
}

/* ssh's "~^Z" stops ssh alone: the shell waits for this process. */
static void stop_with(pid_t child) {
  (void)kill(getpid(), SIGSTOP);
  (void)kill(child, SIGCONT);
}

static bool has_ended(pid_t child, int *ret_code) {
  int status = 0;
  while (waitpid(child, &status, WNOHANG | WUNTRACED) == child) {
    if (WIFSTOPPED(status)) {
      stop_with(child);
    } else {
      *ret_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      return true;
    }
  }
  return false;
}

int child_run(char *const *command) {
  sigset_t set;
  int code = 1;
  fill(&set);
  pid_t child = fork();
  if (child == 0) {
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    (void)execvp(command[0], command);
    _exit(127);
  }
  while (child > 0 && !has_ended(child, &code)) {
    int number = 0;
    if (sigwait(&set, &number) == 0 && number != SIGCHLD) {
      (void)kill(child, number);
    }
  }
  return code;
}
