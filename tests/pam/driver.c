/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "driver.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "breakglass/file.h"
#include "breakglass/host_clock.h"
#include "breakglass/paths.h"
#include "breakglass/run_state.h"
#include "test_paths.h"
#include "test_token.h"

#define FLOOD ((size_t)1048576)
#define ENVIRONMENT_MAX 65536

static const char *below_root(const char *path) {
  static char full[1024];
  (void)snprintf(full, sizeof full, "%s%s", getenv("BREAKGLASS_TEST_ROOT"), path);
  return full;
}

static void write_stack(const char *service) {
  static const char *const types[] = {"auth", "account", "session", "password"};
  char path[128];
  char stack[8192] = "";
  size_t len = 0;
  for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
    len += (size_t)snprintf(stack + len, sizeof stack - len,
                            "%s requisite %s/tests/pam/.libs/pam_breakglass_test.so\n", types[i],
                            getenv("top_builddir"));
  }
  (void)snprintf(stack + len, sizeof stack - len,
                 "session required %s/tests/pam/.libs/pam_peek.so\n", getenv("top_builddir"));
  (void)snprintf(path, sizeof path, "/pam/%s", service);
  test_root_write(path, stack);
}

void driver_host_fill(const char *more_conf) {
  static const char *const services[] = {"sshd", "login",        "sudo", "su",
                                         "cron", "systemd-user", "ftpd"};
  if (mkdir(below_root("/pam"), 0755) != 0) {
    abort();
  }
  for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
    write_stack(services[i]);
  }
  test_host_write(more_conf);
  driver_audit_session("7");
}

void driver_host_create(const char *more_conf) {
  (void)test_root_create();
  driver_host_fill(more_conf);
  driver_begin_boot();
}

/* Set by hand: the store itself never begins before the software was configured, which
 * may have been just now. */
void driver_begin_boot(void) {
  const struct timespec hour_ago = {.tv_sec = bg_clock_now() - 3600};
  int64_t epoch;
  if (bg_run_state_prepare(hour_ago.tv_sec, &epoch) != BG_OK ||
      bg_stamp_write(bg_paths()->epoch, bg_paths()->owner, hour_ago) != BG_OK) {
    abort();
  }
}

void driver_host_remove(void) {
  test_root_remove();
}

void driver_audit_state(const char *state) {
  test_root_write("/audit.state", state);
}

void driver_audit_session(const char *id) {
  test_root_write("/run/audit.session", id);
}

static void note_told(const char *text) {
  int fd = open(below_root("/told.log"), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || dprintf(fd, "%s\n", text) < 0) {
    abort();
  }
  (void)close(fd);
}

static char *make_answer(const struct driver *driver) {
  if (driver->how == ANSWER_FLOOD) {
    char *flood = malloc(FLOOD + 1);
    if (flood != NULL) {
      memset(flood, 'A', FLOOD);
      flood[FLOOD] = '\0';
    }
    return flood;
  }
  return driver->how == ANSWER_TEXT ? strdup(driver->text) : NULL;
}

static int converse(int count, const struct pam_message **messages, struct pam_response **ret,
                    void *context) {
  const struct driver *driver = context;
  struct pam_response *responses = calloc((size_t)count, sizeof *responses);
  if (responses == NULL || driver->how == ANSWER_STOP) {
    free(responses);
    return PAM_CONV_ERR;
  }
  for (int i = 0; i < count; i++) {
    if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF) {
      responses[i].resp = make_answer(driver);
    } else {
      note_told(messages[i]->msg);
    }
  }
  *ret = responses;
  return PAM_SUCCESS;
}

static void put_environment(struct driver *driver, const char *name, const char *value) {
  static char pair[16384];
  if (value == NULL) {
    return;
  }
  (void)snprintf(pair, sizeof pair, "%s=%s", name, value);
  if (pam_putenv(driver->pamh, pair) != PAM_SUCCESS) {
    abort();
  }
}

void driver_start(struct driver *driver, const char *service, const char *user,
                  const char *auth_info, const char *connection) {
  driver->conv = (struct pam_conv){.conv = converse, .appdata_ptr = driver};
  char confdir[1024];
  (void)snprintf(confdir, sizeof confdir, "%s", below_root("/pam"));
  if (pam_start_confdir(service, user, &driver->conv, confdir, &driver->pamh) != PAM_SUCCESS) {
    abort();
  }
  const char *tty = strcmp(service, "sshd") == 0 ? "ssh" : "/dev/ttyS0";
  (void)pam_set_item(driver->pamh, PAM_TTY, tty);
  put_environment(driver, "SSH_AUTH_INFO_0", auth_info);
  put_environment(driver, "SSH_CONNECTION", connection);
}

void driver_end(struct driver *driver) {
  (void)pam_end(driver->pamh, PAM_SUCCESS);
  driver->pamh = NULL;
}

static void send_environment(pam_handle_t *pamh, int fd) {
  char **list = pam_getenvlist(pamh);
  for (char **entry = list; entry != NULL && *entry != NULL; entry++) {
    if (write(fd, *entry, strlen(*entry) + 1) < 0) {
      _exit(200);
    }
    free(*entry);
  }
  free(list);
}

static void receive_environment(struct driver *driver, int fd) {
  static char all[ENVIRONMENT_MAX];
  size_t len = 0;
  for (ssize_t got; (got = read(fd, all + len, sizeof all - len)) > 0;) {
    len += (size_t)got;
  }
  for (size_t at = 0; at < len; at += strlen(all + at) + 1) {
    (void)pam_putenv(driver->pamh, all + at);
  }
}

int driver_sshd_authenticate(struct driver *driver) {
  int fds[2];
  int status = 0;
  if (pipe(fds) != 0) {
    abort();
  }
  pid_t child = fork();
  if (child == 0) {
    int result = pam_authenticate(driver->pamh, 0);
    if (result == PAM_SUCCESS) {
      result = pam_acct_mgmt(driver->pamh, 0);
    }
    if (result == PAM_SUCCESS) {
      send_environment(driver->pamh, fds[1]);
    }
    (void)pam_end(driver->pamh, result | PAM_DATA_SILENT);
    _exit(result);
  }
  (void)close(fds[1]);
  receive_environment(driver, fds[0]);
  (void)close(fds[0]);
  if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) {
    abort();
  }
  return WEXITSTATUS(status);
}

static unsigned count_lines(const char *path, const char *words) {
  char line[8192];
  unsigned count = 0;
  FILE *file = fopen(path, "r");
  while (file != NULL && fgets(line, sizeof line, file) != NULL) {
    count += strstr(line, words) != NULL;
  }
  if (file != NULL) {
    (void)fclose(file);
  }
  return count;
}

unsigned driver_told(const char *words) {
  return count_lines(below_root("/told.log"), words);
}

unsigned driver_recorded(const char *words) {
  return count_lines(below_root("/audit.log"), words);
}

static bool ends_with(const char *name, const char *suffix) {
  size_t len = strlen(name);
  return name[0] != '.' && len >= strlen(suffix) &&
         strcmp(name + len - strlen(suffix), suffix) == 0;
}

unsigned driver_count_files(const char *folder, const char *suffix) {
  unsigned count = 0;
  DIR *dir = opendir(below_root(folder));
  for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
    count += ends_with(entry->d_name, suffix);
  }
  if (dir != NULL) {
    (void)closedir(dir);
  }
  return count;
}

bool driver_files_hold(const char *folder, const char *words) {
  bool found = false;
  DIR *dir = opendir(below_root(folder));
  for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
    char path[2048];
    (void)snprintf(path, sizeof path, "%s/%s", below_root(folder), entry->d_name);
    found = found || (entry->d_name[0] != '.' && count_lines(path, words) > 0);
  }
  if (dir != NULL) {
    (void)closedir(dir);
  }
  return found;
}
