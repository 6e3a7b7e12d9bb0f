/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "sshd_ask.h"

#include <fcntl.h>
#include <grp.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "breakglass/paths.h"
#include "sshd_command.h"

#define NOBODY 65534 /* nogroup, too */

static bool become_nobody(void) {
  return setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
         setresuid(NOBODY, NOBODY, NOBODY) == 0;
}

struct question {
  const char *host_key; /* or NULL */
  const char *options;
  bool as_nobody;
};

/* In the child: sshd -T with both outputs into the pipe. */
static void start(const struct question *question, int output) {
  char sshd[512], test[] = "-T", option[] = "-h", key[1024], words[SSHD_OPTIONS_SIZE];
  char *argv[SSHD_OPTIONS_SIZE / 2 + 6] = {sshd, test};
  char *environment[] = {NULL};
  char *rest = words;
  size_t count = 2;
  (void)snprintf(sshd, sizeof sshd, "%s", bg_paths()->sshd);
  if (question->host_key != NULL) {
    (void)snprintf(key, sizeof key, "%s", question->host_key);
    argv[count++] = option;
    argv[count++] = key;
  }
  (void)snprintf(words, sizeof words, "%s", question->options);
  for (char *word; (word = strtok_r(rest, " \t", &rest)) != NULL;) {
    argv[count++] = word;
  }
  if (dup2(output, STDOUT_FILENO) >= 0 && dup2(output, STDERR_FILENO) >= 0 &&
      (!question->as_nobody || become_nobody())) {
    (void)execve(sshd, argv, environment);
  }
  perror(sshd);
}

/* What it prints, cut at the buffer's size; whether it ended well. */
static bool run(const struct question *question, char *ret_output) {
  int ends[2];
  size_t used = 0;
  int status = -1;
  ret_output[0] = '\0';
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return false;
  }
  pid_t pid = fork();
  if (pid == 0) {
    start(question, ends[1]);
    _exit(127);
  }
  (void)close(ends[1]);
  for (ssize_t got;
       pid > 0 && (got = read(ends[0], ret_output + used, SSHD_OUTPUT_SIZE - 1 - used)) > 0;) {
    used += (size_t)got;
  }
  ret_output[used] = '\0';
  (void)close(ends[0]);
  return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static bool make_key(char *path) {
  char program[] = "ssh-keygen", quiet[] = "-q", type[] = "-ted25519", phrase[] = "-N",
       empty[] = "", file[] = "-f";
  char *argv[] = {program, quiet, type, phrase, empty, file, path, NULL};
  pid_t pid;
  int status = -1;
  return posix_spawnp(&pid, program, NULL, NULL, argv, environ) == 0 &&
         waitpid(pid, &status, 0) == pid && status == 0;
}

/* Its folder stays root's: nobody could put a link in its place. */
static bool give_away(const char *folder, const char *key) {
  return chmod(folder, 0711) == 0 && chown(key, NOBODY, NOBODY) == 0;
}

static bool run_with_new_key(struct question question, char *output) {
  char folder[] = "/tmp/breakglass-sshd.XXXXXX", key[64], public[80];
  if (mkdtemp(folder) == NULL) {
    return false;
  }
  (void)snprintf(key, sizeof key, "%s/key", folder);
  (void)snprintf(public, sizeof public, "%s.pub", key);
  question.host_key = key;
  bool made = make_key(key) && (!question.as_nobody || give_away(folder, key));
  bool done = made && run(&question, output);
  (void)unlink(key);
  (void)unlink(public);
  (void)rmdir(folder);
  return done;
}

static bool lacks_keys(const char *output) {
  return strstr(output, "no hostkeys available") != NULL;
}

/* /run/sshd, which its service makes, and only root's sshd needs. */
static bool lacks_folder(const char *output) {
  return strstr(output, "privilege separation directory") != NULL;
}

/* An image has no host key yet, and sshd shows others than root none: a key for this
 * question alone. Its folder is not made for it: nobody's sshd answers without. */
enum sshd_answer sshd_ask(const char *host_key, const char *options,
                          char ret_output[static SSHD_OUTPUT_SIZE]) {
  struct question question = {host_key, options, false};
  bool told = run(&question, ret_output);
  if (!told && lacks_keys(ret_output)) {
    told = run_with_new_key(question, ret_output);
  }
  bool lacks = lacks_keys(ret_output) || lacks_folder(ret_output) ||
               strstr(ret_output, "Permission denied") != NULL;
  if (!told && lacks_folder(ret_output) && geteuid() == 0) {
    static char second[SSHD_OUTPUT_SIZE];
    question.as_nobody = true;
    told = run_with_new_key(question, second);
    if (told) {
      memcpy(ret_output, second, sizeof second);
    }
  }
  if (strlen(ret_output) == SSHD_OUTPUT_SIZE - 1) {
    return SSHD_TOO_LONG; /* cut, and sshd died of it */
  }
  return told ? SSHD_TOLD : lacks ? SSHD_CANNOT_SAY : SSHD_FAILS;
}
