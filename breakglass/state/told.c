/* SPDX-License-Identifier: BSD-2-Clause */
/* run/told: which connections' persons have been told of their refusal. */
#include <config.h>

#include <fcntl.h>
#include <unistd.h>

#include "breakglass/paths.h"
#include "breakglass/run_state.h"

#define SLOTS 256

/* A slot of the file, at its process id modulo SLOTS. */
struct slot {
  uint64_t start;
  uint64_t pid;
};

bool bg_told_before(const struct bg_process *connection) {
  int fd = open(bg_paths()->told, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) {
    return false;
  }
  const struct slot mine = {.start = connection->start, .pid = (uint64_t)connection->pid};
  const off_t at = (off_t)(mine.pid % SLOTS * sizeof mine);
  struct slot found = {0};
  bool told = pread(fd, &found, sizeof found, at) == (ssize_t)sizeof found &&
              found.start == mine.start && found.pid == mine.pid;
  if (!told) {
    ssize_t written = pwrite(fd, &mine, sizeof mine, at);
    (void)written; /* on a full tmpfs somebody is told twice, at worst */
  }
  (void)close(fd);
  return told;
}
