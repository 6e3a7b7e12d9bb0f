/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "breakglass/host_clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "breakglass/file.h"
#include "breakglass/paths.h"
#include "breakglass/text.h"

static int64_t seconds_of(clockid_t clock) {
  struct timespec now = {0};
  (void)clock_gettime(clock, &now);
  return now.tv_sec;
}

int64_t bg_clock_now(void) {
  return seconds_of(CLOCK_REALTIME);
}

int64_t bg_clock_boottime(void) {
  return seconds_of(CLOCK_BOOTTIME);
}

int64_t bg_clock_ms(void) {
  struct timespec now = {0};
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t bg_clock_built(void) {
  return BG_BUILD_TIME;
}

enum bg_error bg_boot_id(char ret_id[static BG_BOOT_ID_SIZE]) {
  char id[BG_BOOT_ID_SIZE + 1];
  enum bg_error err = bg_proc_read("/proc/sys/kernel/random/boot_id", sizeof id, id);
  if (err == BG_OK && strlen(id) != BG_BOOT_ID_SIZE - 1) {
    err = BG_ERR_SYNTAX;
  }
  if (err == BG_OK) {
    memcpy(ret_id, id, BG_BOOT_ID_SIZE);
  }
  return err;
}

/* The n-th field of text, counted from 1, fields being parted by one space. */
static struct bg_bytes field(const char *text, unsigned n) {
  for (; n > 1 && text != NULL; n--) {
    text = strchr(text, ' ');
    text = text != NULL ? text + 1 : NULL;
  }
  return bg_bytes(text, text != NULL ? strcspn(text, " ") : 0);
}

/* "PID (NAME) STATE ...": the name may hold spaces and parentheses. */
static enum bg_error read_process(const char *path, struct bg_process *ret_process) {
  char stat[1024];
  int64_t pid = 0;
  int64_t start = 0;
  enum bg_error err = bg_proc_read(path, sizeof stat, stat);
  if (err != BG_OK) {
    return err;
  }
  const char *after_name = strrchr(stat, ')');
  if (after_name == NULL || after_name[1] != ' ') {
    return BG_ERR_SYNTAX;
  }
  struct bg_bytes state = field(after_name + 2, 1);
  if (bg_bytes_is(state, "Z") || bg_bytes_is(state, "X")) {
    return BG_ERR_NOT_FOUND; /* dead, not waited for yet */
  }
  err = bg_parse_uint(field(stat, 1), 1, INT32_MAX, &pid);
  if (err == BG_OK) {
    err = bg_parse_uint(field(after_name + 2, 20), 0, INT64_MAX, &start);
  }
  if (err == BG_OK) {
    *ret_process = (struct bg_process){.pid = (pid_t)pid, .start = (uint64_t)start};
  }
  return err;
}

enum bg_error bg_process_of(pid_t pid, struct bg_process *ret_process) {
  char path[32];
  if (pid <= 0) {
    return BG_ERR_NOT_FOUND;
  }
  (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
  return read_process(path, ret_process);
}

enum bg_error bg_process_self(struct bg_process *ret_process) {
  return read_process("/proc/self/stat", ret_process);
}

bool bg_process_is_alive(const struct bg_process *process) {
  struct bg_process found;
  return bg_process_of(process->pid, &found) == BG_OK && found.start == process->start;
}

enum bg_error bg_audit_session(uint32_t *ret_session) {
  char text[16];
  int64_t session = 0;
  enum bg_error err = bg_proc_read(bg_paths()->audit_session, sizeof text, text);
  if (err == BG_OK) {
    err = bg_parse_uint(bg_bytes_of(text), 0, UINT32_MAX, &session);
  }
  if (err == BG_OK) {
    *ret_session = (uint32_t)session;
  }
  return err;
}
