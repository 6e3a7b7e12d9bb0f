/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "processes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "breakglass/paths.h"
#include "breakglass/text.h"

enum bg_error processes_open(int *ret_processes) {
  int fd = open(bg_paths()->processes, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) {
    return BG_ERR_IO;
  }
  *ret_processes = fd;
  return BG_OK;
}

/* The text of a process's file, its last line end cut; false if it is gone. pid 0 is the caller. */
static bool read_text(int processes, pid_t pid, const char *name, size_t cap, char *ret_text) {
  char path[48];
  if (pid == 0) {
    (void)snprintf(path, sizeof path, "self/%s", name);
  } else {
    (void)snprintf(path, sizeof path, "%d/%s", (int)pid, name);
  }
  int fd = openat(processes, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) {
    return false;
  }
  ssize_t len = read(fd, ret_text, cap - 1); /* whole: the kernel makes the text at once */
  (void)close(fd);
  if (len <= 0) {
    return false;
  }
  len -= ret_text[len - 1] == '\n';
  ret_text[len] = '\0';
  return true;
}

static bool read_number(int processes, pid_t pid, const char *name, uint32_t *ret_number) {
  char text[16];
  int64_t number = 0;
  if (!read_text(processes, pid, name, sizeof text, text) ||
      bg_parse_uint(bg_bytes_of(text), 0, UINT32_MAX, &number) != BG_OK) {
    return false;
  }
  *ret_number = (uint32_t)number;
  return true;
}

uint32_t process_audit_session(int processes, pid_t pid) {
  uint32_t session = BG_NO_AUDIT_SESSION;
  return read_number(processes, pid, "sessionid", &session) ? session : BG_NO_AUDIT_SESSION;
}

bool process_login_uid(int processes, pid_t pid, uid_t *ret_uid) {
  uint32_t uid = UINT32_MAX;
  bool known = read_number(processes, pid, "loginuid", &uid) && uid != UINT32_MAX;
  if (known) {
    *ret_uid = (uid_t)uid;
  }
  return known;
}

/* The n-th field behind the process's name, which may hold blanks and parentheses. */
static bool read_field(int processes, pid_t pid, unsigned n, int64_t max, int64_t *ret_value) {
  char stat[1024];
  if (!read_text(processes, pid, "stat", sizeof stat, stat)) {
    return false;
  }
  const char *at = strrchr(stat, ')');
  for (; n > 0 && at != NULL; n--) {
    at = strchr(at, ' ');
    at = at != NULL ? at + 1 : NULL;
  }
  return at != NULL && bg_parse_uint(bg_bytes(at, strcspn(at, " ")), 0, max, ret_value) == BG_OK;
}

bool process_start(int processes, pid_t pid, uint64_t *ret_start) {
  int64_t start = 0;
  bool known = read_field(processes, pid, 20, INT64_MAX, &start);
  if (known) {
    *ret_start = (uint64_t)start;
  }
  return known;
}

dev_t process_terminal(int processes, pid_t pid) {
  int64_t number = 0;
  if (!read_field(processes, pid, 5, UINT32_MAX, &number) || number == 0) {
    return 0;
  }
  /* As the kernel packs it: 12 bits of major between 20 of minor. */
  const uint32_t packed = (uint32_t)number;
  return makedev((packed >> 8) & 0xfff, (packed & 0xff) | ((packed >> 12) & 0xfff00));
}

/* Lines of "ID:CONTROLLERS:PATH". */
bool process_is_in_cgroup(int processes, pid_t pid, const char *cgroup) {
  char text[4096];
  char *rest = NULL;
  const size_t len = strlen(cgroup);
  bool is_in = false;
  if (!read_text(processes, pid, "cgroup", sizeof text, text)) {
    return false;
  }
  for (char *line = strtok_r(text, "\n", &rest); line != NULL && !is_in;
       line = strtok_r(NULL, "\n", &rest)) {
    const char *path = strchr(line, '/');
    is_in =
        path != NULL && strncmp(path, cgroup, len) == 0 && (path[len] == '\0' || path[len] == '/');
  }
  return is_in;
}

enum bg_error processes_each(int processes, process_fn *on_process, void *context) {
  int fd = openat(processes, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
  if (dir == NULL) {
    if (fd >= 0) {
      (void)close(fd);
    }
    return BG_ERR_IO;
  }
  for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
    int64_t pid = 0;
    if (bg_parse_uint(bg_bytes_of(entry->d_name), 1, INT_MAX, &pid) != BG_OK) {
      continue;
    }
    on_process(context, (pid_t)pid, process_audit_session(processes, (pid_t)pid));
  }
  (void)closedir(dir);
  return BG_OK;
}

bool process_has_ended(int pidfd) {
  struct pollfd wait = {.fd = pidfd, .events = POLLIN};
  return poll(&wait, 1, 0) > 0;
}

enum bg_error process_hold(int processes, const struct bg_process *process, int *ret_pidfd) {
  int fd = pidfd_open(process->pid, 0);
  if (fd < 0) {
    return errno == ESRCH ? BG_ERR_NOT_FOUND : BG_ERR_IO;
  }
  /* It held the pid while its start was read if it is there now. A start that is hidden from the
   * caller, or that could not be read just now, says nothing of it. */
  uint64_t start = 0;
  const bool is_known = process_start(processes, process->pid, &start);
  const bool has_ended = process_has_ended(fd);
  if (!has_ended && is_known && start == process->start) {
    *ret_pidfd = fd;
    return BG_OK;
  }
  (void)close(fd);
  return has_ended || is_known ? BG_ERR_NOT_FOUND : BG_ERR_IO;
}
