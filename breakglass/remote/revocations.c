/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass revocations fetch: the service's list becomes this host's. Nothing is signed for it,
 * and nothing is believed that the list's own signature does not say. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "breakglass/agent_conf.h"
#include "cli.h"
#include "remote.h"
#include "revocations_store.h"

static int fetch_and_install(struct service *service) {
  struct answer answer = {0};
  const struct service_call call = {.method = "GET", .target = "/v1/revocations"};
  int result = service_perform(service, &call, &answer);
  if (result != CLI_OK) {
    return result;
  }
  result = strcmp(answer.type, "application/cbor") == 0
               ? revocations_install(bg_bytes(answer.body, answer.len), true)
               : answer_is_nonsense(service, "no revocation list");
  answer_free(&answer);
  return result;
}

static void on_problem(void *context, const struct bg_conf_problem *problem) {
  (void)context;
  (void)cli_usage_error("%s:%u: %s", problem->file, problem->line, problem->text);
}

/* A host is told where by its own configuration; then no person's settings are needed, nor looked
 * at, and only what stands on the command line counts more. */
static int fetch(int argc, char **argv) {
  static const struct option long_options[] = {
      {"server", required_argument, NULL, 'S'}, {"ca", required_argument, NULL, 'A'}, {0}};
  struct bg_agent_conf *conf = NULL;
  enum bg_error err = bg_agent_conf_load(NULL, on_problem, NULL, &conf);
  if (err != BG_OK) {
    return cli_usage_error("agent.conf: %s", bg_strerror(err));
  }
  const bool is_host = conf->revocations.url[0] != '\0';
  const char *ca = conf->revocations.ca;
  struct settings_options settings = {.server = is_host ? conf->revocations.url : NULL,
                                      .ca = is_host && ca[0] != '\0' ? ca : NULL,
                                      .only_reads = true,
                                      .without_file = is_host};
  int result = service_run(argc, argv, long_options, &settings, fetch_and_install);
  free(conf);
  return result;
}

int remote_revocations(int argc, char **argv) {
  static const struct cli_command commands[] = {
      {"fetch", "take the signing service's list, if it is later than the one that is there", fetch,
       "usage: breakglass revocations fetch [--server URL] [--ca FILE]\n"
       "Gets the list and puts it into force, if a trusted issuer has signed it and it is later.\n"
       "Where agent.conf of a host names a server, that is asked."},
      {0}};
  return cli_dispatch("breakglass revocations", commands, argc, argv);
}
