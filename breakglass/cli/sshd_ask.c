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
#include <sys/wait.h>
#include <unistd.h>

#include "breakglass/paths.h"

#define NOBODY 65534 /* nogroup, too */

static bool become_nobody(void) {
  return setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
         setresuid(NOBODY, NOBODY, NOBODY) == 0;
}

/* In the child: sshd -T with both outputs into the pipe. */
static void start(const char *host_key, bool as_nobody, int output) {
  char sshd[512], test[] = "-T", option[] = "-h", key[1024];
  (void)snprintf(sshd, sizeof sshd, "%s", bg_paths()->sshd);
  (void)snprintf(key, sizeof key, "%s", host_key != NULL ? host_key : "");
  char *argv[] = {sshd, test, host_key != NULL ? option : NULL, key, NULL};
  char *environment[] = {NULL};
  if (dup2(output, STDOUT_FILENO) >= 0 && dup2(output, STDERR_FILENO) >= 0 &&
      (!as_nobody || become_nobody())) {
    (void)execve(sshd, argv, environment);
  }
  perror(sshd);
}

/* What it prints, cut at the buffer's size; whether it ended well. */
static bool run(const char *host_key, bool as_nobody, char *ret_output) {
  int ends[2];
  size_t used = 0;
  int status = -1;
  ret_output[0] = '\0';
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return false;
  }
  pid_t pid = fork();
  if (pid == 0) {
    start(host_key, as_nobody, ends[1]);
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

static bool run_with_new_key(bool as_nobody, char *output) {
  char folder[] = "/tmp/breakglass-sshd.XXXXXX", key[64], public[80];
  if (mkdtemp(folder) == NULL) {
    return false;
  }
  (void)snprintf(key, sizeof key, "%s/key", folder);
  (void)snprintf(public, sizeof public, "%s.pub", key);
  bool made =
      make_key(key) &&
      (!as_nobody || (chown(key, NOBODY, NOBODY) == 0 && chown(folder, NOBODY, NOBODY) == 0));
  bool done = made && run(key, as_nobody, output);
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
enum sshd_answer sshd_ask(const char *host_key, char ret_output[static SSHD_OUTPUT_SIZE]) {
  bool told = run(host_key, false, ret_output);
  if (!told && lacks_keys(ret_output)) {
    told = run_with_new_key(false, ret_output);
  }
  bool lacks = lacks_keys(ret_output) || lacks_folder(ret_output) ||
               strstr(ret_output, "Permission denied") != NULL;
  if (!told && lacks_folder(ret_output) && geteuid() == 0) {
    told = run_with_new_key(true, ret_output);
  }
  return told ? SSHD_TOLD : lacks ? SSHD_CANNOT_SAY : SSHD_FAILS;
}
