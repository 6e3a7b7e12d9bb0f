/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "terminals.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "breakglass/paths.h"
#include "processes.h"

#define PTS_MAJOR 136 /* pseudo-terminals, which have no name in /sys */

static void add(struct terminals *terminals, dev_t device) {
  for (size_t i = 0; i < terminals->count; i++) {
    if (terminals->devices[i] == device) {
      return;
    }
  }
  if (device != 0 && terminals->count < TERMINALS_MAX) {
    terminals->devices[terminals->count++] = device;
  }
}

/* The path of a terminal's device; false if the kernel knows it as something else. A link of
 * ".../tty/NAME" says which terminal has the number. */
static bool path_of(dev_t device, char *ret_path) {
  char link[BG_PATH_SIZE];
  char target[BG_PATH_SIZE];
  int len = 0;
  if (major(device) == PTS_MAJOR) {
    len = snprintf(ret_path, BG_PATH_SIZE, "%s/pts/%u", bg_paths()->devices, minor(device));
    return len > 0 && len < BG_PATH_SIZE;
  }
  (void)snprintf(link, sizeof link, "%s/%u:%u", bg_paths()->device_names, major(device),
                 minor(device));
  ssize_t size = readlink(link, target, sizeof target - 1);
  if (size <= 0) {
    return false;
  }
  target[size] = '\0';
  const char *name = strrchr(target, '/');
  const char *class = name != NULL ? strstr(target, "/tty/") : NULL;
  if (class == NULL || class + strlen("/tty") != name) {
    return false;
  }
  len = snprintf(ret_path, BG_PATH_SIZE, "%s%s", bg_paths()->devices, name);
  return len > 0 && len < BG_PATH_SIZE;
}

static void add_named(struct terminals *terminals, const char *name) {
  char path[BG_PATH_SIZE];
  char same[BG_PATH_SIZE];
  struct stat st;
  int len = snprintf(path, sizeof path, "%s/%s", bg_paths()->devices, name);
  if (name[0] != '\0' && len > 0 && (size_t)len < sizeof path && lstat(path, &st) == 0 &&
      S_ISCHR(st.st_mode) && path_of(st.st_rdev, same) && strcmp(path, same) == 0) {
    add(terminals, st.st_rdev);
  }
}

struct search {
  int processes;
  uint32_t audit_session;
  struct terminals *terminals;
};

static void on_process(void *context, pid_t pid, uint32_t audit_session) {
  const struct search *search = context;
  if (audit_session == search->audit_session) {
    add(search->terminals, process_terminal(search->processes, pid));
  }
}

void terminals_of(int processes, uint32_t audit_session, const char *name,
                  struct terminals *ret_terminals) {
  struct search search = {processes, audit_session, ret_terminals};
  ret_terminals->count = 0;
  add_named(ret_terminals, name);
  if (audit_session != BG_NO_AUDIT_SESSION) {
    (void)!processes_each(processes, on_process, &search);
  }
}

/* A user may have a devpts of its own, whose terminals have the numbers of the host's: only what
 * belongs to the session's login is surely the one that was meant. Other numbers are unique. */
static bool is_meant(const struct stat *st, dev_t device, uid_t owner) {
  return S_ISCHR(st->st_mode) && st->st_rdev == device &&
         (major(device) != PTS_MAJOR || st->st_uid == owner);
}

static bool tell(dev_t device, uid_t owner, const char *text) {
  char path[BG_PATH_SIZE];
  struct stat st;
  if (!path_of(device, path) || lstat(path, &st) != 0 || !S_ISCHR(st.st_mode)) {
    return false; /* not even opened: opening some devices does something */
  }
  int fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) {
    return false;
  }
  bool told = fstat(fd, &st) == 0 && is_meant(&st, device, owner) && isatty(fd) == 1 &&
              write(fd, text, strlen(text)) > 0;
  (void)close(fd);
  return told;
}

size_t terminals_tell(const struct terminals *terminals, uid_t owner, const char *text) {
  size_t told = 0;
  for (size_t i = 0; i < terminals->count; i++) {
    told += tell(terminals->devices[i], owner, text);
  }
  return told;
}
