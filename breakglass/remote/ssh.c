/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass ssh, scp and sftp: asks for a token for a fresh key, waits for it, and runs the real
 * program with an agent that has the key and its certificate. Nothing of it outlasts the program.
 */
#include <config.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "answer.h"
#include "ask_options.h"
#include "child.h"
#include "issued.h"
#include "private_agent.h"
#include "remote.h"
#include "ssh_login.h"
#include "ssh_words.h"
#include "token_options.h"
#include "wait.h"

#define WINDOW 600
#define LONGEST 3600
#define GRACE 30 /* seconds of a key's life that are not counted: clocks differ */

struct ssh_options {
  struct settings_options settings;
  struct bg_ask ask;
  char id[BG_NAME_SIZE]; /* empty: the settings say it */
};

static const struct option long_options[] = {
    SERVICE_OPTIONS, ASK_OPTIONS, {"id", required_argument, NULL, 'i'}, {0}};

static const char usage[] =
    "usage: breakglass ssh|scp|sftp --reason TEXT [--window DURATION] [--max DURATION]\n"
    "         [--level refresh|rebuild|reallocate] [--id HOSTID] [--challenge HEX]\n"
    "         [--server URL] [--ca FILE] [--key KEY] [OPTION ...] [USER@]HOST [...]\n"
    "Asks for a token for a key of its own, waits until it is approved, and logs in with it.\n"
    "OPTIONs and what follows HOST are the real program's.";

static bool set_option(struct ssh_options *options, int option, const char *value) {
  if (option == 'i') {
    return token_option_text("id", value, sizeof options->id, options->id);
  }
  return service_option(&options->settings, option, value) ||
         ask_option(&options->ask, option, value);
}

static int read_options(const struct ssh_words *words, struct ssh_options *options) {
  for (int option; (option = cli_option(words->our_count, words->ours, long_options)) != -1;) {
    if (!set_option(options, option, optarg)) {
      return CLI_USAGE;
    }
  }
  if (words->host[0] == '\0') {
    return cli_usage_error("%s needs a host; breakglass %s --help shows all", words->program,
                           words->program);
  }
  if (options->ask.reason[0] == '\0') {
    return cli_usage_error("%s needs --reason, before the host: those who approve read it, and the "
                           "host keeps it",
                           words->program);
  }
  return CLI_OK;
}

/* Without certificates the fresh key opens nothing: that is said before anybody is asked to
 * approve. */
static int check_certifies(struct service *service) {
  json_t *root = NULL;
  const struct service_call call = {.method = "GET", .target = "/v1/keys"};
  int result = answer_fetch(service, &call, &root);
  if (result != CLI_OK) {
    return result;
  }
  const char *issuer = json_text_of(root, "issuer");
  if (issuer == NULL || strcmp(issuer, service->settings.issuer) != 0) {
    result = cli_usage_error("the service calls itself \"%s\", and issuer in %s is \"%s\"",
                             issuer != NULL ? issuer : "", service->settings.file,
                             service->settings.issuer);
  } else if (json_array_size(json_object_get(root, "ca")) == 0) {
    result =
        cli_failure("this service makes no certificates: ask with breakglass request --holder, "
                    "for a key that the host knows, and give the token at ssh's prompt");
  }
  json_decref(root);
  return result;
}

static int fill_ask(const struct service *service, const struct ssh_words *words,
                    const struct holder *holder, struct ssh_options *options) {
  struct bg_ask *ask = &options->ask;
  const char *id =
      options->id[0] != '\0' ? options->id : settings_host_id(&service->settings, words->host);
  ask->window = ask->window != 0 ? ask->window : WINDOW;
  ask->longest = ask->longest != 0 ? ask->longest : LONGEST;
  ask->holder = holder->public;
  struct bg_buf line = BG_BUF(ask->holder_line);
  bg_ssh_key_put_line(&holder->public, &line);
  if (!ask_add_host(ask, id)) {
    return CLI_USAGE;
  }
  return ssh_login_find(words, ask->login);
}

/* Asks, waits, fetches. */
static int obtain(struct service *service, const struct bg_ask *ask, struct issued *ret_issued,
                  int64_t *ret_expires) {
  struct request_view view = {0};
  struct issued issued = {0};
  int result = ask_send(service, ask, &view);
  if (result == CLI_OK) {
    (void)fprintf(stderr, "request %s: %s on %s\n", view.id, ask->login, ask->hosts[0]);
    result = wait_until_issued(service, &view);
  }
  if (result == CLI_OK) {
    result = issued_fetch(service, view.id, &issued);
  }
  if (result == CLI_OK && issued.certificate == NULL) {
    issued_free(&issued);
    result = answer_is_nonsense(service, "no certificate");
  }
  if (result == CLI_OK) {
    *ret_expires = view.expires;
    *ret_issued = issued;
  }
  request_view_free(&view);
  return result;
}

#define OUR_WORDS 16

/* What counts first in ssh is what stands first. A person's other keys, and connections that are
 * open already, are not this login. */
static int run_program(const struct ssh_words *words, const char *socket) {
  char agent[PRIVATE_AGENT_PATH_SIZE + 32];
  const char *const first[OUR_WORDS] = {words->program,
                                        "-o",
                                        agent,
                                        "-oIdentityFile=none",
                                        "-oCertificateFile=none",
                                        "-oIdentitiesOnly=no",
                                        "-oPreferredAuthentications=publickey,keyboard-interactive",
                                        "-oControlMaster=no",
                                        "-oControlPath=none",
                                        "-oAddKeysToAgent=no"};
  size_t count = 0;
  (void)snprintf(agent, sizeof agent, "IdentityAgent=%s", socket);
  while (first[count] != NULL) {
    count++;
  }
  char **command = calloc(count + (size_t)words->their_count + 1, sizeof *command);
  if (command == NULL) {
    return cli_failure("%s", bg_strerror(BG_ERR_NOMEM));
  }
  memcpy(command, first, count * sizeof *command);
  memcpy(command + count, words->theirs, (size_t)words->their_count * sizeof *command);
  int code = child_run(command);
  free(command);
  return code;
}

static int add_key(const struct private_agent *agent, const struct holder *holder,
                   const char *certificate, int64_t life) {
  enum bg_error err =
      private_agent_add(agent, holder, certificate, (uint32_t)(life > GRACE ? life : GRACE));
  if (err == BG_ERR_SYNTAX) {
    return cli_failure("what the service sent is no certificate for the key that was asked for");
  }
  return err == BG_OK
             ? CLI_OK
             : cli_failure("the key could not be handed to ssh-agent: %s", bg_strerror(err));
}

static int log_in(const struct ssh_words *words, struct holder *holder, const char *certificate,
                  int64_t life) {
  struct private_agent agent = {0};
  child_guard();
  enum bg_error err = private_agent_start(&agent);
  int result = CLI_OK;
  if (err != BG_OK) {
    result = cli_failure("ssh-agent does not start here: %s",
                         err == BG_ERR_IO ? strerror(errno) : "is it installed?");
  }
  if (result == CLI_OK) {
    result = add_key(&agent, holder, certificate, life);
  }
  holder_free(holder); /* the agent has it now */
  if (result == CLI_OK) {
    result = run_program(words, agent.socket);
  }
  private_agent_stop(&agent);
  return result;
}

static int ask_and_log_in(const struct ssh_words *words, struct ssh_options *options) {
  struct service service;
  struct holder holder = {0};
  struct issued issued = {0};
  int64_t expires = 0;
  int result = service_open(&options->settings, &service);
  if (result == CLI_OK && holder_make(&holder) != BG_OK) {
    result = cli_failure("%s", bg_strerror(BG_ERR_NOMEM));
  }
  if (result == CLI_OK) {
    result = fill_ask(&service, words, &holder, options);
  }
  if (result == CLI_OK) {
    result = check_certifies(&service);
  }
  if (result == CLI_OK) {
    result = obtain(&service, &options->ask, &issued, &expires);
  }
  int64_t life = expires - service_now(&service) + GRACE;
  service_close(&service);
  if (result == CLI_OK) {
    result = log_in(words, &holder, issued.certificate, life);
  }
  issued_free(&issued);
  holder_free(&holder);
  return result;
}

int remote_ssh(int argc, char **argv) {
  struct ssh_options options = {0};
  struct ssh_words words = {0};
  enum bg_error err = ssh_words_split(argc, argv, &words);
  if (err != BG_OK) {
    return err == BG_ERR_RANGE ? cli_usage_error("one host at a time: a token opens one login")
                               : cli_failure("%s", bg_strerror(err));
  }
  int result = CLI_OK;
  if (words.wants_help) {
    (void)puts(usage);
  } else {
    result = read_options(&words, &options);
    if (result == CLI_OK) {
      result = ask_and_log_in(&words, &options);
    }
  }
  ssh_words_free(&words);
  return result;
}
