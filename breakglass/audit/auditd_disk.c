/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "auditd_disk.h"

#include <string.h>
#include <strings.h>
#include <sys/statvfs.h>

#include "breakglass/audit.h"
#include "breakglass/file.h"
#include "breakglass/paths.h"
#include "breakglass/text.h"

#define CONF_MAX 65536
#define VALUE_MAX 256
#define MEBIBYTE UINT64_C(1048576)

/* Copies the value of "key = value"; false if the file has no such line. */
static bool find_value(const char *conf, const char *key, char ret_value[static VALUE_MAX]) {
  size_t key_len = strlen(key);
  for (const char *line = conf; line != NULL && *line != '\0';) {
    const char *end = strchrnul(line, '\n');
    const char *at = line + strspn(line, " \t");
    if (strncasecmp(at, key, key_len) == 0) {
      at += key_len;
      at += strspn(at, " \t");
      if (*at == '=') {
        at += 1 + strspn(at + 1, " \t");
        size_t len = strcspn(at, " \t\r\n");
        return bg_bytes_to_text(bg_bytes(at, len), VALUE_MAX, ret_value) == BG_OK;
      }
    }
    line = *end == '\n' ? end + 1 : NULL;
  }
  return false;
}

/* Whether auditd goes on writing when it gets there: it suspends itself, or ends
 * the system, by any other word. */
static bool goes_on(const char *conf) {
  static const char *const actions[] = {"ignore", "syslog", "email", "exec", "rotate"};
  char value[VALUE_MAX];
  bool known = find_value(conf, "admin_space_left_action", value);
  bool found = false;
  for (size_t i = 0; known && i < sizeof actions / sizeof actions[0]; i++) {
    found = found || strcasecmp(value, actions[i]) == 0;
  }
  return found;
}

static bool rotates_when_full(const char *conf) {
  char value[VALUE_MAX];
  return find_value(conf, "disk_full_action", value) && strcasecmp(value, "rotate") == 0;
}

static bool disk_of_log(const char *conf, struct statvfs *ret_disk) {
  char path[VALUE_MAX];
  if (!find_value(conf, "log_file", path)) {
    (void)strcpy(path, "/var/log/audit/audit.log");
  }
  char *slash = strrchr(path, '/');
  if (slash == NULL) {
    return false;
  }
  *slash = '\0';
  return statvfs(path, ret_disk) == 0;
}

/* admin_space_left is in MiB, or a percentage of the disk. */
static bool has_space(const char *conf) {
  struct statvfs disk;
  char value[VALUE_MAX];
  if (!disk_of_log(conf, &disk) || (disk.f_flag & ST_RDONLY) != 0 ||
      !find_value(conf, "admin_space_left", value)) {
    return false;
  }
  size_t len = strlen(value);
  bool percent = len > 0 && value[len - 1] == '%';
  int64_t limit;
  if (bg_parse_uint(bg_bytes(value, percent ? len - 1 : len), 0, INT32_MAX, &limit) != BG_OK) {
    return false;
  }
  uint64_t left = (uint64_t)disk.f_bavail * disk.f_frsize;
  uint64_t total = (uint64_t)disk.f_blocks * disk.f_frsize;
  return left > (percent ? total / 100 * (uint64_t)limit : (uint64_t)limit * MEBIBYTE);
}

static bool makes_room(const char *conf) {
  return goes_on(conf) && rotates_when_full(conf);
}

static bool is_writable(const char *conf) {
  return has_space(conf) || makes_room(conf);
}

static bool ask(const char *path, bool (*question)(const char *conf)) {
  struct bg_file file = {0};
  if (bg_file_read(path, bg_paths()->owner, CONF_MAX, &file) != BG_OK) {
    return false;
  }
  bool answer = question((const char *)file.data);
  bg_file_free(&file);
  return answer;
}

bool bg_auditd_disk_is_writable(const char *conf) {
  return ask(conf, is_writable);
}

bool bg_audit_makes_room(void) {
  return ask(bg_paths()->auditd_conf, makes_room);
}
