/* SPDX-License-Identifier: BSD-2-Clause */
/* breakglass ledger: what the service has on record, as it is. */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "breakglass/text.h"
#include "cli.h"
#include "lines.h"
#include "remote.h"

#define PAGE 60 /* of entries of at most 16 KiB: less than CLIENT_ANSWER_MAX */

static int fetch(struct service *service, const char *target, const char *type,
                 struct answer *ret_answer) {
  struct answer answer = {0};
  const struct service_call call = {
      .method = "GET", .namespace = BG_NAMESPACE_READ, .target = target};
  int result = service_perform(service, &call, &answer);
  if (result != CLI_OK) {
    return result;
  }
  if (strcmp(answer.type, type) != 0 || (answer.len > 0 && answer.body[answer.len - 1] != '\n')) {
    answer_free(&answer);
    return answer_is_nonsense(service, "no lines of a ledger");
  }
  *ret_answer = answer;
  return CLI_OK;
}

static int print_entries(struct service *service, int64_t from) {
  size_t lines = 1;
  int result = CLI_OK;
  while (result == CLI_OK && lines > 0 && !ferror(stdout)) {
    char target[96];
    struct answer answer = {0};
    (void)snprintf(target, sizeof target, "/v1/ledger/entries?from=%" PRId64 "&limit=%d", from,
                   PAGE);
    result = fetch(service, target, "application/jsonl", &answer);
    if (result == CLI_OK) {
      lines = lines_count(bg_bytes(answer.body, answer.len));
      from += (int64_t)lines;
      lines_print(answer.len, answer.body);
    }
    if (lines > PAGE) {
      result = answer_is_nonsense(service, "more entries than were asked for");
    }
    answer_free(&answer);
  }
  return result;
}

static int ledger_entries(int argc, char **argv) {
  static const struct option long_options[] = {
      SERVICE_OPTIONS, {"from", required_argument, NULL, 'f'}, {0}};
  struct settings_options settings = {0};
  struct service service;
  int64_t from = 1;
  for (int option; (option = cli_option(argc, argv, long_options)) != -1;) {
    if (option == 'f' && bg_parse_uint(bg_bytes_of(optarg), 1, INT64_MAX / 2, &from) != BG_OK) {
      return cli_usage_error("--from %s: write an entry's number, 1 or more", optarg);
    }
    if (option != 'f' && !service_option(&settings, option, optarg)) {
      return CLI_USAGE;
    }
  }
  if (optind != argc) {
    return cli_wrong_arguments();
  }
  int result = service_open(&settings, &service);
  if (result == CLI_OK) {
    result = print_entries(&service, from);
  }
  service_close(&service);
  return result;
}

static int print_checkpoint(struct service *service) {
  struct answer answer = {0};
  int result = fetch(service, "/v1/ledger/checkpoint", "text/plain", &answer);
  if (result == CLI_OK) {
    lines_print(answer.len, answer.body);
  }
  answer_free(&answer);
  return result;
}

static int ledger_checkpoint(int argc, char **argv) {
  static const struct option long_options[] = {SERVICE_OPTIONS, {0}};
  struct settings_options settings = {0};
  return service_run(argc, argv, long_options, &settings, print_checkpoint);
}

static const struct cli_command commands[] = {
    {"entries", "print the entries, one JSON object a line", ledger_entries,
     "usage: breakglass ledger entries [--from N] [--server URL] [--ca FILE] [--key KEY]\n"
     "Prints the entries from number N on, 1 by default, as the ledger has them."},
    {"checkpoint", "print the signed note of the ledger's head", ledger_checkpoint,
     "usage: breakglass ledger checkpoint [--server URL] [--ca FILE] [--key KEY]\n"
     "Prints the signed note that says how far the ledger reaches and what it ends with."},
    {0},
};

int remote_ledger(int argc, char **argv) {
  return cli_dispatch("breakglass ledger", commands, argc, argv);
}
