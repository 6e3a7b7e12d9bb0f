/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "bench_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

double bench_now_us(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

bool bench_spawn(const char *const arguments[], int input) {
  posix_spawn_file_actions_t actions;
  pid_t child = -1;
  int status = 0;
  (void)posix_spawn_file_actions_init(&actions);
  (void)posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  if (input >= 0) {
    (void)posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  }
  if (posix_spawn(&child, arguments[0], &actions, NULL, (char **)(uintptr_t)arguments, environ) !=
      0) {
    abort();
  }
  (void)posix_spawn_file_actions_destroy(&actions);
  (void)waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
