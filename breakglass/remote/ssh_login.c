/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "ssh_login.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "breakglass/text.h"
#include "cli.h"

#define USER "user "

/* ssh -G OPTIONS -- DESTINATION */
static char **make_command(const struct ssh_words *words) {
  const char *const head[] = {"ssh", "-G"};
  const char *const tail[] = {"--", words->destination};
  size_t count = 0;
  while (words->asks[count] != NULL) {
    count++;
  }
  char **command = calloc(count + 5, sizeof *command);
  if (command != NULL) {
    memcpy(command, head, sizeof head);
    memcpy(command + 2, words->asks, count * sizeof *command);
    memcpy(command + 2 + count, tail, sizeof tail);
  }
  return command;
}

static pid_t start(char **command, FILE **ret_output) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return -1;
  }
  pid_t child = fork();
  if (child == 0) {
    (void)dup2(ends[1], STDOUT_FILENO);
    (void)execvp(command[0], command);
    _exit(127);
  }
  (void)close(ends[1]);
  *ret_output = child > 0 ? fdopen(ends[0], "r") : NULL;
  if (*ret_output == NULL) {
    (void)close(ends[0]);
  }
  return child;
}

/* All of the output is read, so that ssh can end. */
static void read_login(FILE *output, char *login) {
  char line[4096];
  while (output != NULL && fgets(line, sizeof line, output) != NULL) {
    if (strncmp(line, USER, strlen(USER)) == 0 && login[0] == '\0') {
      line[strcspn(line, "\n")] = '\0';
      if (strlen(line) - strlen(USER) <= BG_NAME_MAX) {
        bg_text_fit(BG_NAME_SIZE, login, line + strlen(USER));
      }
    }
  }
}

int ssh_login_find(const struct ssh_words *words, char ret_login[static BG_NAME_SIZE]) {
  FILE *output = NULL;
  int status = -1;
  ret_login[0] = '\0';
  char **command = make_command(words);
  pid_t child = command != NULL ? start(command, &output) : -1;
  read_login(output, ret_login);
  if (output != NULL) {
    (void)fclose(output);
  }
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  free(command);
  if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 127) {
    return cli_failure("ssh is not installed");
  }
  if (child <= 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0 || ret_login[0] == '\0') {
    return cli_usage_error("ssh does not say which account it would log in to at %s",
                           words->destination);
  }
  return CLI_OK;
}
