/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "evidence.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROMPT_SIZE 320

/* The first word of SSH_CONNECTION. Not PAM_RHOST: that is a name under UseDNS. */
static void read_source(const char *connection, char ret_source[static BG_SOURCE_SIZE]) {
  size_t len = connection != NULL ? strcspn(connection, " ") : 0;
  if (len > 0 && bg_bytes_to_text(bg_bytes(connection, len), BG_SOURCE_SIZE, ret_source) != BG_OK) {
    ret_source[0] = '\0';
  }
}

/* Pasting often brings blanks along. */
static void trim(char *text) {
  size_t len = strlen(text);
  while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL) {
    text[--len] = '\0';
  }
  size_t lead = strspn(text, " \t\r\n");
  memmove(text, text + lead, len - lead + 1);
}

static enum bg_error ask(const struct bg_gate *gate, const struct bg_login *login,
                         struct evidence *evidence) {
  char prompt[PROMPT_SIZE];
  (void)snprintf(prompt, sizeof prompt, "Break-glass token for %s on %s: ", login->user,
                 gate->policy->host_id);
  if (login->person.ask == NULL ||
      login->person.ask(login->person.context, prompt, sizeof evidence->token, evidence->token) !=
          BG_OK) {
    return BG_REFUSED_NO_TOKEN;
  }
  trim(evidence->token);
  evidence->answered = evidence->token[0] != '\0';
  return evidence->answered ? BG_OK : BG_REFUSED_NO_TOKEN;
}

/* A certificate with a token is the whole answer: a refused one never becomes a
 * prompt. Any other key gets the prompt. */
static enum bg_error collect_ssh(const struct bg_gate *gate, const struct bg_login *login,
                                 struct evidence *evidence) {
  struct bg_auth_info *info = malloc(sizeof *info);
  if (info == NULL) {
    return BG_ERR_NOMEM;
  }
  enum bg_error err = BG_REFUSED_WRONG_HOLDER;
  if (login->auth_info != NULL && bg_auth_info_parse(login->auth_info, info) == BG_OK) {
    evidence->holder = info->holder;
    if (info->has_token) {
      memcpy(evidence->token, info->token, sizeof evidence->token);
      err = BG_OK;
    } else {
      err = ask(gate, login, evidence);
    }
  }
  sodium_memzero(info, sizeof *info);
  free(info);
  return err;
}

enum bg_error gate_collect(const struct bg_gate *gate, const struct bg_login *login,
                           struct evidence *ret_evidence) {
  *ret_evidence = (struct evidence){.over_ssh = gate_is_ssh(login)};
  if (!ret_evidence->over_ssh) {
    return ask(gate, login, ret_evidence);
  }
  read_source(login->connection, ret_evidence->source);
  return collect_ssh(gate, login, ret_evidence);
}
