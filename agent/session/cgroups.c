/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "cgroups.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "processes.h"

void cgroup_of_session(uid_t uid, uint32_t audit_session, char ret_cgroup[static BG_PATH_SIZE]) {
  (void)snprintf(ret_cgroup, BG_PATH_SIZE, "/user.slice/user-%u.slice/session-%u.scope",
                 (unsigned)uid, (unsigned)audit_session);
}

void cgroup_of_manager(uid_t uid, char ret_cgroup[static BG_PATH_SIZE]) {
  (void)snprintf(ret_cgroup, BG_PATH_SIZE, "/user.slice/user-%u.slice/user@%u.service",
                 (unsigned)uid, (unsigned)uid);
}

static bool is_unified(void) {
  char path[BG_PATH_SIZE];
  int len = snprintf(path, sizeof path, "%s/cgroup.controllers", bg_paths()->cgroups);
  return len > 0 && (size_t)len < sizeof path && access(path, F_OK) == 0;
}

enum cgroup_kill cgroup_kill(int processes, const char *cgroup) {
  char path[BG_PATH_SIZE];
  if (process_is_in_cgroup(processes, 0, cgroup)) {
    return CGROUP_OWN;
  }
  int len = snprintf(path, sizeof path, "%s%s", bg_paths()->cgroups, cgroup);
  if (len < 0 || (size_t)len >= sizeof path) {
    return CGROUP_UNABLE;
  }
  int dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (dir < 0) {
    return errno == ENOENT && is_unified() ? CGROUP_NONE : CGROUP_UNABLE;
  }
  int fd = openat(dir, "cgroup.kill", O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
  bool killed = fd >= 0 && write(fd, "1", 1) == 1;
  if (fd >= 0) {
    (void)close(fd);
  }
  (void)close(dir);
  return killed ? CGROUP_KILLED : CGROUP_UNABLE;
}
