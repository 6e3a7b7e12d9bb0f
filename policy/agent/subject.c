/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "breakglass/agent_conf.h"

void bg_agent_nats_subject(const struct bg_agent_conf *conf, const char *host_id,
                           char ret_subject[static BG_AGENT_NATS_SUBJECT_SIZE]) {
  int used = snprintf(ret_subject, BG_AGENT_NATS_SUBJECT_SIZE, "%s.", conf->nats.subject);
  bg_text_fit(BG_NAME_SIZE, ret_subject + used, host_id);
  for (char *at = ret_subject + used; *at != '\0'; at++) {
    *at = (char)(strchr(".*> ", *at) != NULL ? '_' : *at);
  }
}
