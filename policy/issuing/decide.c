/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "judge.h"

#define WHY_SIZE 512

static bool is_text(const char *text, size_t max) {
  struct bg_bytes bytes = bg_bytes_of(text);
  return bytes.len > 0 && bytes.len <= max && bg_text_is_clean(bytes);
}

static bool is_host_before(const struct bg_issuing_wish *wish, size_t index) {
  size_t i = 0;
  while (i < index && strcmp(wish->hosts[i], wish->hosts[index]) != 0) {
    i++;
  }
  return i < index;
}

static const char *problem_of_hosts(const struct bg_issuing_wish *wish) {
  if (wish->group != NULL) {
    return wish->host_count == 0 ? NULL : "either hosts or a group of hosts, not both";
  }
  if (wish->host_count < 1 || wish->host_count > BG_SCOPES_MAX) {
    return "a token is for 1 to 8 hosts";
  }
  for (size_t i = 0; i < wish->host_count; i++) {
    if (!is_text(wish->hosts[i], ISSUING_HOST_MAX)) {
      return "a host's id has 1 to 123 bytes of clean text";
    }
    if (is_host_before(wish, i)) {
      return "a host is named twice";
    }
  }
  return NULL;
}

/* What no token could carry, whatever the rules say. */
static const char *problem_of_wish(const struct bg_issuing_wish *wish) {
  struct bg_bytes reason = bg_bytes_of(wish->reason);
  if (!is_text(wish->subject, BG_NAME_MAX) || !is_text(wish->login, BG_NAME_MAX)) {
    return "subject and login have 1 to 128 bytes of clean text";
  }
  if (wish->reason == NULL || reason.len > BG_REASON_MAX || !bg_text_is_clean(reason)) {
    return "a reason has at most 200 bytes of clean text";
  }
  if (wish->window < 1 || wish->longest < 1 || wish->at < 0) {
    return "window and session are at least a second";
  }
  return problem_of_hosts(wish);
}

static enum bg_error take(const struct issuing_rule *rule, const struct bg_issuing_wish *wish,
                          const struct issuing_hosts *hosts, struct bg_issuing_decision *decision) {
  *decision = (struct bg_issuing_decision){0};
  bool fits = bg_bytes_to_text(rule->name, sizeof decision->rule, decision->rule) == BG_OK;
  for (size_t i = 0; i < hosts->count; i++) {
    fits = fits &&
           bg_bytes_to_text(hosts->host[i], sizeof decision->hosts[i], decision->hosts[i]) == BG_OK;
  }
  for (size_t i = 0; i < rule->need_count; i++) {
    struct bg_issuing_need *need = &decision->needs[i];
    fits = fits && bg_bytes_to_text(rule->needs[i].group, sizeof need->group, need->group) == BG_OK;
    need->count = rule->needs[i].count;
  }
  decision->host_count = hosts->count;
  decision->need_count = rule->need_count;
  decision->approval_wait = rule->approval_wait;
  decision->level = wish->level > rule->level ? wish->level : rule->level;
  return fits ? BG_OK : BG_ERR_TOO_LARGE; /* the reader lets nothing in that does not fit */
}

/* Of a rule that is not for these hosts and this person nothing is said, not even that it is. */
static void tell_nearest(const struct issuing_rule *nearest, const struct bg_issuing_wish *wish,
                         enum issuing_check failed, size_t cap, char *ret_reason) {
  char why[WHY_SIZE];
  if (nearest == NULL || failed <= CHECK_HOSTS) {
    (void)snprintf(ret_reason, cap, "no rule lets you ask for %s",
                   wish->group != NULL     ? "this group of hosts"
                   : wish->host_count == 1 ? "this host"
                                           : "these hosts together");
    return;
  }
  issuing_describe(nearest, wish, failed, sizeof why, why);
  (void)snprintf(ret_reason, cap, "rule %.*s: %s", (int)nearest->name.len,
                 (const char *)nearest->name.data, why);
}

enum bg_error bg_issuing_decide(const struct bg_issuing *issuing,
                                const struct bg_issuing_wish *wish,
                                struct bg_issuing_decision *ret_decision, size_t cap,
                                char *ret_reason) {
  const char *problem = problem_of_wish(wish);
  if (problem != NULL) {
    (void)snprintf(ret_reason, cap, "%s", problem);
    return BG_ERR_RANGE;
  }
  struct issuing_hosts hosts;
  const struct issuing_rule *nearest = NULL;
  enum issuing_check furthest = CHECK_REQUESTER;
  issuing_expand(issuing, wish, &hosts);
  for (size_t i = 0; i < issuing->rule_count; i++) {
    const struct issuing_rule *rule = &issuing->rules[i];
    enum issuing_check failed = issuing_judge(issuing, rule, wish, &hosts);
    if (failed == CHECKS) {
      return take(rule, wish, &hosts, ret_decision);
    }
    if (failed > furthest) {
      nearest = rule;
      furthest = failed;
    }
  }
  tell_nearest(nearest, wish, furthest, cap, ret_reason);
  return BG_ERR_DENIED;
}

void bg_issuing_explain(const struct bg_issuing *issuing, const struct bg_issuing_wish *wish,
                        bg_issuing_line_fn *on_line, void *context) {
  struct issuing_hosts hosts;
  issuing_expand(issuing, wish, &hosts);
  for (size_t i = 0; i < issuing->rule_count; i++) {
    const struct issuing_rule *rule = &issuing->rules[i];
    char name[BG_NAME_SIZE] = "";
    char why[WHY_SIZE];
    enum issuing_check failed = issuing_judge(issuing, rule, wish, &hosts);
    issuing_describe(rule, wish, failed, sizeof why, why);
    if (bg_bytes_to_text(rule->name, sizeof name, name) == BG_OK) {
      on_line(context, name, failed == CHECKS, why);
    }
  }
}
