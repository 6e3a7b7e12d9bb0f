/* SPDX-License-Identifier: BSD-2-Clause */
/* Times PAM transactions, one line of microseconds each. Links libpam alone, so
 * that what a module brings along is loaded, and paid for, in each transaction.
 *
 *   bench_pam stage|auth|all|spawn SERVICE accept|refuse < answers
 *
 * One transaction for each line of answers: stage is pam_authenticate alone, auth
 * is pam_start to pam_end around it; all adds account, setcred and open_session; spawn does all in
 * a fresh process each, from before its exec on. With RESIDENT set, a transaction before all others
 * keeps the module loaded, as a daemon's does. With RSS set, the memory after the first and the
 * last transaction goes to standard error, in KiB. */
#include <config.h>

#include <fcntl.h>
#include <security/pam_appl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "timing.h"

#define ANSWER_MAX 2048

static int converse(int count, const struct pam_message **messages, struct pam_response **ret,
                    void *answer) {
  struct pam_response *responses = calloc((size_t)count, sizeof *responses);
  for (int i = 0; responses != NULL && i < count; i++) {
    bool asks = messages[i]->msg_style == PAM_PROMPT_ECHO_OFF;
    responses[i].resp = asks ? strdup(answer) : NULL;
  }
  *ret = responses;
  return responses != NULL ? PAM_SUCCESS : PAM_BUF_ERR;
}

static pam_handle_t *begin(const char *service, const struct pam_conv *conv) {
  char confdir[1024];
  pam_handle_t *pamh = NULL;
  (void)snprintf(confdir, sizeof confdir, "%s/pam", getenv("BREAKGLASS_TEST_ROOT"));
  if (pam_start_confdir(service, "ops", conv, confdir, &pamh) != PAM_SUCCESS) {
    abort();
  }
  return pamh;
}

/* Never ended: what it loaded stays. */
static void keep_loaded(const char *service) {
  static char no_answer[] = "";
  static struct pam_conv conv = {.conv = converse, .appdata_ptr = no_answer};
  (void)pam_authenticate(begin(service, &conv), PAM_SILENT);
}

static double stage_us; /* the last pam_authenticate */

static bool transact(const char *service, char *answer, bool all) {
  struct pam_conv conv = {.conv = converse, .appdata_ptr = answer};
  pam_handle_t *pamh = begin(service, &conv);
  double started = now_us();
  bool passed = pam_authenticate(pamh, PAM_SILENT) == PAM_SUCCESS;
  stage_us = now_us() - started;
  if (all) {
    passed = passed && pam_acct_mgmt(pamh, 0) == PAM_SUCCESS &&
             pam_setcred(pamh, PAM_ESTABLISH_CRED) == PAM_SUCCESS &&
             pam_open_session(pamh, PAM_SILENT) == PAM_SUCCESS;
  }
  (void)pam_end(pamh, PAM_SUCCESS);
  return passed;
}

/* Each open_session needs an audit session of its own, as pam_loginuid gives it. */
static void new_audit_session(void) {
  static int fd = -1;
  static unsigned id;
  char text[16];
  if (fd < 0) {
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/run/audit.session", getenv("BREAKGLASS_TEST_ROOT"));
    fd = open(path, O_RDWR | O_CLOEXEC);
    ssize_t len = read(fd, text, sizeof text - 1);
    text[len > 0 ? len : 0] = '\0';
    id = (unsigned)strtoul(text, NULL, 10);
  }
  int len = snprintf(text, sizeof text, "%u", ++id);
  if (pwrite(fd, text, (size_t)len, 0) != len) {
    abort();
  }
}

static void show_memory(const char *when) {
  char line[256];
  FILE *file = fopen("/proc/self/status", "r");
  while (file != NULL && fgets(line, sizeof line, file) != NULL) {
    if (strncmp(line, "RssAnon:", 8) == 0) {
      (void)fprintf(stderr, "private %s %lu\n", when, strtoul(line + 8, NULL, 10));
    } else if (strncmp(line, "VmRSS:", 6) == 0) {
      (void)fprintf(stderr, "resident %s %lu\n", when, strtoul(line + 6, NULL, 10));
    }
  }
  if (file != NULL) {
    (void)fclose(file);
  }
}

/* The child takes its one answer from a pipe and does all steps. */
static bool spawn(const char *program, const char *service, const char *expected,
                  const char *answer) {
  int fds[2];
  if (pipe(fds) != 0 || write(fds[1], answer, strlen(answer)) < 0) {
    abort();
  }
  (void)close(fds[1]);
  const char *const arguments[] = {program, "quiet", service, expected, NULL};
  posix_spawn_file_actions_t actions;
  pid_t child = -1;
  (void)posix_spawn_file_actions_init(&actions);
  (void)posix_spawn_file_actions_adddup2(&actions, fds[0], STDIN_FILENO);
  if (posix_spawn(&child, program, &actions, NULL, (char **)(uintptr_t)arguments, environ) != 0) {
    abort();
  }
  (void)posix_spawn_file_actions_destroy(&actions);
  (void)close(fds[0]);
  int status = 0;
  (void)waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int main(int argc, char **argv) {
  if (argc != 4) {
    (void)fputs("usage: bench_pam stage|auth|all|spawn SERVICE accept|refuse < answers\n", stderr);
    return 2;
  }
  bool spawns = strcmp(argv[1], "spawn") == 0;
  bool stage = strcmp(argv[1], "stage") == 0;
  bool quiet = strcmp(argv[1], "quiet") == 0;
  bool all = quiet || strcmp(argv[1], "all") == 0;
  bool expected = strcmp(argv[3], "accept") == 0;
  bool shows_memory = getenv("RSS") != NULL;
  char answer[ANSWER_MAX];
  unsigned count = 0;
  if (getenv("RESIDENT") != NULL) {
    keep_loaded(argv[2]);
  }
  if (shows_memory) {
    show_memory("before");
  }
  for (; fgets(answer, sizeof answer, stdin) != NULL; count++) {
    answer[strcspn(answer, "\n")] = '\0';
    if (!quiet) {
      new_audit_session();
    }
    double begin = now_us();
    bool passed =
        spawns ? spawn(argv[0], argv[2], argv[3], answer) : transact(argv[2], answer, all);
    double took = now_us() - begin;
    if (passed != (spawns || expected)) {
      (void)fprintf(stderr, "transaction %u was %s\n", count, passed ? "accepted" : "refused");
      return 1;
    }
    if (!quiet) {
      printf("%.1f\n", stage ? stage_us : took);
    }
    if (shows_memory && count == 100) {
      show_memory("after 100");
    }
  }
  if (shows_memory) {
    show_memory("at the end");
  }
  return count > 0 ? 0 : 1;
}
