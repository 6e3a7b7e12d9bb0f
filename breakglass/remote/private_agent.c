/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "private_agent.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agent_add.h"

#define NAME "breakglass-XXXXXX"
#define SOCKET "/agent"
#define STEPS 500 /* of 10 ms: it answers at once, or not at all */

static void sleep_step(void) {
  const struct timespec step = {.tv_nsec = 10000000};
  (void)nanosleep(&step, NULL);
}

static bool make_folder(struct private_agent *agent, const char *base) {
  int len = snprintf(agent->folder, sizeof agent->folder, "%s/" NAME, base);
  bool fits = len > 0 && (size_t)len + strlen(SOCKET) < sizeof agent->socket;
  if (!fits || mkdtemp(agent->folder) == NULL) { /* 0700 */
    agent->folder[0] = '\0';
    return false;
  }
  (void)snprintf(agent->socket, sizeof agent->socket, "%.*s" SOCKET, len, agent->folder);
  return true;
}

/* ssh-agent runs it and tells it its pid. It waits for the end of its standard input, which comes
 * with this process's end, however that ends, and leaves nothing. */
#define KEEPER                                                                                     \
  "exec 2>/dev/null; cat; kill -KILL \"$SSH_AGENT_PID\"; rm -f \"$1\"; exec rmdir \"${1%/*}\""

/* In its own session: a key that is pressed for ssh is none for it. */
static void run_agent(const struct private_agent *agent, int lifeline) {
  sigset_t none;
  (void)sigemptyset(&none);
  (void)sigprocmask(SIG_SETMASK, &none, NULL);
  (void)setsid();
  int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  (void)dup2(lifeline, STDIN_FILENO);
  (void)dup2(null, STDOUT_FILENO);
  (void)execlp("ssh-agent", "ssh-agent", "-a", agent->socket, "sh", "-c", KEEPER, "sh",
               agent->socket, (char *)NULL);
  _exit(127);
}

static bool is_gone(struct private_agent *agent) {
  if (waitpid(agent->process, NULL, WNOHANG) == agent->process) {
    agent->process = 0;
    return true;
  }
  return false;
}

static enum bg_error wait_for_socket(struct private_agent *agent) {
  for (int i = 0; i < STEPS && !is_gone(agent); i++) {
    if (agent_answers(agent->socket)) {
      return BG_OK;
    }
    sleep_step();
  }
  return BG_ERR_AGENT;
}

enum bg_error private_agent_start(struct private_agent *ret_agent) {
  const char *runtime = getenv("XDG_RUNTIME_DIR");
  *ret_agent = (struct private_agent){0};
  if ((runtime == NULL || *runtime != '/' || !make_folder(ret_agent, runtime)) &&
      !make_folder(ret_agent, "/tmp")) {
    return BG_ERR_IO;
  }
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return BG_ERR_IO;
  }
  pid_t child = fork();
  if (child == 0) {
    run_agent(ret_agent, ends[0]);
  }
  (void)close(ends[0]);
  if (child < 0) {
    (void)close(ends[1]);
    return BG_ERR_IO;
  }
  ret_agent->process = child;
  ret_agent->lifeline = ends[1];
  return wait_for_socket(ret_agent);
}

static void end_process(struct private_agent *agent) {
  for (int i = 0; i < STEPS / 5 && !is_gone(agent); i++) {
    sleep_step();
  }
  if (agent->process > 0) { /* ssh-agent misses its shell in a while */
    (void)kill(agent->process, SIGKILL);
    (void)waitpid(agent->process, NULL, 0);
  }
}

void private_agent_stop(struct private_agent *agent) {
  if (agent->lifeline > 0) {
    (void)close(agent->lifeline);
  }
  if (agent->process > 0) {
    end_process(agent);
  }
  if (agent->folder[0] != '\0') {
    (void)unlink(agent->socket);
    (void)rmdir(agent->folder);
  }
  *agent = (struct private_agent){0};
}

enum bg_error private_agent_add(const struct private_agent *agent, const struct holder *holder,
                                const char *certificate, uint32_t lifetime) {
  return agent_add(agent->socket, holder, certificate, lifetime);
}
