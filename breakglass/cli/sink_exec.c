/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs in a folder: each gets every event on its standard input. */
#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "breakglass/file.h"
#include "breakglass/paths.h"
#include "cli.h"
#include "sink.h"

#define TIME_LIMIT_MS 10000
#define NAME_SIZE 300

static int event_as_input(struct bg_bytes event) {
  int fd = memfd_create("event", MFD_CLOEXEC);
  if (fd >= 0 &&
      (write(fd, event.data, event.len) != (ssize_t)event.len || lseek(fd, 0, SEEK_SET) != 0)) {
    (void)close(fd);
    fd = -1;
  }
  return fd;
}

static void run_program(const char *program, int input) {
  char name[BG_PATH_SIZE];
  char *const args[] = {name, NULL};
  char search[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
  char *const environment[] = {search, NULL};
  (void)snprintf(name, sizeof name, "%s", program);
  /* A group of its own, so that whatever it starts ends with it. */
  if (setpgid(0, 0) == 0 && dup2(input, STDIN_FILENO) >= 0 && chdir("/") == 0) {
    (void)execve(program, args, environment);
  }
  _exit(127);
}

/* Ends the program at its time limit; true if it ended by itself, with 0. */
static bool wait_for(const char *program, pid_t child) {
  int status = 0;
  int handle = pidfd_open(child, 0);
  struct pollfd end = {.fd = handle, .events = POLLIN};
  int ready = handle >= 0 ? poll(&end, 1, TIME_LIMIT_MS) : -1;
  if (handle >= 0) {
    (void)close(handle);
  }
  (void)kill(-child, SIGKILL);
  (void)kill(child, SIGKILL);
  if (waitpid(child, &status, 0) != child) {
    return false;
  }
  if (ready == 0) {
    (void)cli_failure("%s took longer than %d s", program, TIME_LIMIT_MS / 1000);
    return false;
  }
  if (ready < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    (void)cli_failure("%s failed", program);
    return false;
  }
  return true;
}

bool sink_exec_deliver(const struct sink *sink, const struct bg_stored_event *event,
                       const struct event_view *view) {
  (void)event;
  int input = event_as_input(view->line);
  pid_t child = input >= 0 ? fork() : -1;
  if (child == 0) {
    run_program(sink->program, input);
  }
  if (input >= 0) {
    (void)close(input);
  }
  if (child < 0) {
    (void)cli_failure("%s: %s", sink->program, strerror(errno));
    return false;
  }
  return wait_for(sink->program, child);
}

static int is_shown(const struct dirent *entry) {
  return entry->d_name[0] != '.';
}

/* As run-parts(8) has it, so that an editor's copies are no sinks. */
static bool is_program_name(const char *name) {
  const char *allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  return name[strspn(name, allowed)] == '\0';
}

static bool is_safe(int dir, const char *name) {
  struct stat st;
  return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
         (st.st_uid == 0 || st.st_uid == bg_paths()->owner) &&
         (st.st_mode & (S_IWGRP | S_IWOTH)) == 0 && (st.st_mode & S_IXUSR) != 0;
}

static int deliver_to(int dir, const char *name,
                      int (*deliver)(const struct sink *sink, int64_t last), int64_t last) {
  char path[BG_PATH_SIZE];
  char cursor[NAME_SIZE];
  struct sink sink = {.name = cursor, .program = path, .deliver = sink_exec_deliver};
  (void)snprintf(path, sizeof path, "%s/%s", bg_paths()->sinks_dir, name);
  (void)snprintf(cursor, sizeof cursor, "exec.%s", name);
  if (!is_program_name(name)) {
    return cli_failure(
        "%s is not run: rename it, a program's name has letters, digits, _ and - only", path);
  }
  if (!is_safe(dir, name)) {
    return cli_failure("%s is not run: not an executable file that only root can write", path);
  }
  return deliver(&sink, last);
}

int sink_exec_each(int (*deliver)(const struct sink *sink, int64_t last), int64_t last) {
  int dir = -1;
  struct dirent **entries = NULL;
  enum bg_error err = bg_dir_open(bg_paths()->sinks_dir, bg_paths()->owner, &dir);
  if (err == BG_ERR_NOT_FOUND) {
    return CLI_OK; /* no folder, no programs */
  }
  if (err != BG_OK) {
    return cli_failure("%s: %s", bg_paths()->sinks_dir, bg_strerror(err));
  }
  int count = scandir(bg_paths()->sinks_dir, &entries, is_shown, alphasort);
  int status = count < 0 ? CLI_FAILED : CLI_OK;
  for (int i = 0; i < count; i++) {
    if (deliver_to(dir, entries[i]->d_name, deliver, last) != CLI_OK) {
      status = CLI_FAILED; /* the others get theirs all the same */
    }
    free(entries[i]);
  }
  free(entries);
  (void)close(dir);
  return status;
}
