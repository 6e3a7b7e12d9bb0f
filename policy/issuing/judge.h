/* SPDX-License-Identifier: BSD-2-Clause */
/* One rule against one wish. */
#ifndef POLICY_ISSUING_JUDGE_H
#define POLICY_ISSUING_JUDGE_H

#include "issuing.h"

/* In the order in which they are made: the later the one that fails, the nearer the rule. */
enum issuing_check {
  CHECK_REQUESTER,
  CHECK_HOSTS,
  CHECK_LOGIN,
  CHECK_WAY,
  CHECK_HOURS,
  CHECK_WINDOW,
  CHECK_SESSION,
  CHECK_REASON,
  CHECKS /* all passed */
};

struct issuing_hosts { /* those of the wish, a group's written out */
  struct bg_bytes host[BG_SCOPES_MAX];
  size_t count; /* 0: an unknown group, or one too large for a token */
};

void issuing_expand(const struct bg_issuing *issuing, const struct bg_issuing_wish *wish,
                    struct issuing_hosts *ret_hosts);
/* The first check that fails. */
enum issuing_check issuing_judge(const struct bg_issuing *issuing, const struct issuing_rule *rule,
                                 const struct bg_issuing_wish *wish,
                                 const struct issuing_hosts *hosts);
/* Why, for people. */
void issuing_describe(const struct issuing_rule *rule, const struct bg_issuing_wish *wish,
                      enum issuing_check failed, size_t cap, char *ret_text);

#endif
