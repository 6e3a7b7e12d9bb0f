/* SPDX-License-Identifier: BSD-2-Clause */
/* One run of a program. Its caller may have threads, and keys in its memory: so nothing of this
 * process is copied (posix_spawn() shares the memory until the program stands in it). */
#include <config.h>

#include "breakglass/program.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "breakglass/paths.h"

static bool refuse(char *reason, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool refuse(char *reason, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(reason, BG_PROGRAM_REASON_SIZE, format, arguments);
  va_end(arguments);
  return false;
}

#ifndef MFD_NOEXEC_SEAL /* glibc before 2.38 */
#define MFD_NOEXEC_SEAL 0x0008U
#endif

/* Where vm.memfd_noexec is 2, no other is made; kernels before 6.3 do not know it. */
static int make_file(void) {
  int fd = memfd_create("input", MFD_CLOEXEC | MFD_NOEXEC_SEAL);
  return fd < 0 && errno == EINVAL ? memfd_create("input", MFD_CLOEXEC) : fd;
}

/* -1: errno says why not. */
static int as_file(struct bg_bytes input) {
  int fd = make_file();
  if (fd < 0) {
    return -1;
  }
  const ssize_t written = write(fd, input.data, input.len);
  if (written == (ssize_t)input.len && lseek(fd, 0, SEEK_SET) == 0) {
    return fd;
  }
  const int code = written >= 0 && (size_t)written < input.len ? ENOSPC : errno;
  (void)close(fd);
  errno = code;
  return -1;
}

static int set_attributes(posix_spawnattr_t *attributes) {
  sigset_t none;
  sigset_t all;
  (void)sigemptyset(&none);
  (void)sigfillset(&all);
  int code = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                      POSIX_SPAWN_SETSIGDEF);
  code = code == 0 ? posix_spawnattr_setpgroup(attributes, 0) : code;
  code = code == 0 ? posix_spawnattr_setsigmask(attributes, &none) : code;
  return code == 0 ? posix_spawnattr_setsigdefault(attributes, &all) : code;
}

static int set_actions(posix_spawn_file_actions_t *actions, int input, int output) {
  int code = posix_spawn_file_actions_adddup2(actions, input, STDIN_FILENO);
  code = code == 0 && output >= 0 ? posix_spawn_file_actions_adddup2(actions, output, STDOUT_FILENO)
                                  : code;
  code = code == 0 ? posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1) : code;
  return code == 0 ? posix_spawn_file_actions_addchdir_np(actions, "/") : code;
}

/* What posix_spawn() wants: texts that it could write to. */
struct command {
  char path[BG_PATH_SIZE];
  char words[BG_PROGRAM_WORDS][BG_PROGRAM_WORD_SIZE];
  char *arguments[BG_PROGRAM_WORDS + 2];
};

static bool set_command(struct command *command, const char *path, const char *const *words) {
  *command = (struct command){.arguments = {command->path}};
  bool fits = bg_bytes_to_text(bg_bytes_of(path), sizeof command->path, command->path) == BG_OK;
  for (size_t i = 0; fits && words != NULL && i < BG_PROGRAM_WORDS && words[i] != NULL; i++) {
    char *word = command->words[i];
    fits = bg_bytes_to_text(bg_bytes_of(words[i]), BG_PROGRAM_WORD_SIZE, word) == BG_OK;
    command->arguments[i + 1] = word;
  }
  return fits;
}

int bg_program_spawn(const char *path, const char *const *words, int input, int output,
                     pid_t *ret_child) {
  struct command command;
  char search[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
  char *const environment[] = {search, NULL};
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t actions;
  if (!set_command(&command, path, words)) {
    return E2BIG;
  }
  if (posix_spawnattr_init(&attributes) != 0) {
    return ENOMEM;
  }
  if (posix_spawn_file_actions_init(&actions) != 0) {
    (void)posix_spawnattr_destroy(&attributes);
    return ENOMEM;
  }
  int code = set_attributes(&attributes);
  code = code == 0 ? set_actions(&actions, input, output) : code;
  code = code == 0 ? posix_spawn(ret_child, command.path, &actions, &attributes, command.arguments,
                                 environment)
                   : code;
  (void)posix_spawn_file_actions_destroy(&actions);
  (void)posix_spawnattr_destroy(&attributes);
  return code;
}

enum end { END_ITS_OWN, END_LATE, END_CANCELLED, END_UNKNOWN };

static enum end await(pid_t child, int seconds, int cancel) {
  int handle = pidfd_open(child, 0);
  struct pollfd waits[] = {{.fd = handle, .events = POLLIN}, {.fd = cancel, .events = POLLIN}};
  int ready = handle >= 0 ? poll(waits, 2, seconds * 1000) : -1;
  const bool ended = ready > 0 && waits[0].revents != 0;
  if (handle >= 0) {
    (void)close(handle);
  }
  return ended ? END_ITS_OWN : ready > 0 ? END_CANCELLED : ready == 0 ? END_LATE : END_UNKNOWN;
}

/* Kills what is left of its group, of whatever end. */
static bool finish(pid_t child, int seconds, int cancel, char *reason) {
  int status = 0;
  enum end end = await(child, seconds, cancel);
  (void)kill(-child, SIGKILL);
  (void)kill(child, SIGKILL);
  if (waitpid(child, &status, 0) != child || end == END_UNKNOWN) {
    return refuse(reason, "it cannot be waited for");
  }
  if (end == END_LATE) {
    return refuse(reason, "it took longer than %d s", seconds);
  }
  if (end == END_CANCELLED) {
    return refuse(reason, "it was not waited for");
  }
  if (!WIFEXITED(status)) {
    return refuse(reason, "signal %d ended it", WTERMSIG(status));
  }
  return WEXITSTATUS(status) == 0 || refuse(reason, "exit code %d", WEXITSTATUS(status));
}

bool bg_program_run(const struct bg_program *program, struct bg_bytes input, int cancel,
                    char ret_reason[static BG_PROGRAM_REASON_SIZE]) {
  char path[BG_PATH_SIZE];
  pid_t child = -1;
  const char *problem = bg_program_problem(program);
  if (problem != NULL) {
    return refuse(ret_reason, "it is not run: %s", problem);
  }
  int len = snprintf(path, sizeof path, "%s/%s", program->folder, program->name);
  if (len < 0 || (size_t)len >= sizeof path) {
    return refuse(ret_reason, "its path is too long");
  }
  int fd = as_file(input);
  if (fd < 0) {
    return refuse(ret_reason, "there is no file for its input: %s", strerrordesc_np(errno));
  }
  int code = bg_program_spawn(path, program->words, fd, -1, &child);
  (void)close(fd);
  const int seconds = program->seconds > 0 ? program->seconds : BG_PROGRAM_SECONDS;
  return code == 0 ? finish(child, seconds, cancel, ret_reason)
                   : refuse(ret_reason, "it does not start: %s", strerrordesc_np(code));
}
