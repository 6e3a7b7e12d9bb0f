/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "judge.h"

#include <stdio.h>

void issuing_expand(const struct bg_issuing *issuing, const struct bg_issuing_wish *wish,
                    struct issuing_hosts *ret_hosts) {
  *ret_hosts = (struct issuing_hosts){0};
  if (wish->group == NULL) {
    for (; ret_hosts->count < wish->host_count && ret_hosts->count < BG_SCOPES_MAX;
         ret_hosts->count++) {
      ret_hosts->host[ret_hosts->count] = bg_bytes_of(wish->hosts[ret_hosts->count]);
    }
    return;
  }
  const struct issuing_group *group = issuing_group_find(&issuing->hosts, bg_bytes_of(wish->group));
  if (group == NULL || issuing_list_count(group->value.text) > BG_SCOPES_MAX) {
    return;
  }
  struct bg_bytes list = group->value.text;
  for (struct bg_bytes word; bg_conf_next_word(&list, &word);) {
    ret_hosts->host[ret_hosts->count++] = word;
  }
}

static bool has_hosts(const struct bg_issuing *issuing, const struct issuing_rule *rule,
                      const struct issuing_hosts *hosts) {
  size_t had = 0;
  while (had < hosts->count && issuing_rule_has_host(issuing, rule, hosts->host[had])) {
    had++;
  }
  return had > 0 && had == hosts->count;
}

enum issuing_check issuing_judge(const struct bg_issuing *issuing, const struct issuing_rule *rule,
                                 const struct bg_issuing_wish *wish,
                                 const struct issuing_hosts *hosts) {
  if (!issuing_rule_has_requester(issuing, rule, bg_bytes_of(wish->subject))) {
    return CHECK_REQUESTER;
  }
  if (!has_hosts(issuing, rule, hosts)) {
    return CHECK_HOSTS;
  }
  if (!issuing_list_has(rule->values[RULE_LOGINS].text, bg_bytes_of(wish->login))) {
    return CHECK_LOGIN;
  }
  if (wish->console ? !rule->console : !rule->ssh) {
    return CHECK_WAY;
  }
  if (!issuing_hours_have(&rule->hours, wish->at)) {
    return CHECK_HOURS;
  }
  if (wish->window > rule->longest_window) {
    return CHECK_WINDOW;
  }
  if (wish->longest > rule->longest_session) {
    return CHECK_SESSION;
  }
  if (rule->has_pattern && regexec(&rule->pattern, wish->reason, 0, NULL, 0) != 0) {
    return CHECK_REASON;
  }
  return CHECKS;
}

static void describe_limit(const char *what, int64_t seconds, size_t cap, char *ret_text) {
  char limit[32];
  bg_format_duration(seconds, sizeof limit, limit);
  (void)snprintf(ret_text, cap, "the %s is at most %s", what, limit);
}

static void describe_value(const char *what, const struct issuing_value *value, size_t cap,
                           char *ret_text) {
  (void)snprintf(ret_text, cap, "%s %.*s", what, (int)value->text.len,
                 (const char *)value->text.data);
}

void issuing_describe(const struct issuing_rule *rule, const struct bg_issuing_wish *wish,
                      enum issuing_check failed, size_t cap, char *ret_text) {
  switch (failed) {
  case CHECK_REQUESTER:
    (void)snprintf(ret_text, cap, "%s is none of its requesters", wish->subject);
    break;
  case CHECK_HOSTS:
    (void)snprintf(ret_text, cap, "it is not for %s",
                   wish->group != NULL ? "this group of hosts" : "these hosts");
    break;
  case CHECK_LOGIN:
    (void)snprintf(ret_text, cap, "it is not for the login %s", wish->login);
    break;
  case CHECK_WAY:
    (void)snprintf(ret_text, cap, "it is not for %s", wish->console ? "a console" : "ssh");
    break;
  case CHECK_HOURS:
    describe_value("its hours (UTC) are", &rule->values[RULE_HOURS], cap, ret_text);
    break;
  case CHECK_WINDOW:
    describe_limit("window", rule->longest_window, cap, ret_text);
    break;
  case CHECK_SESSION:
    describe_limit("session", rule->longest_session, cap, ret_text);
    break;
  case CHECK_REASON:
    describe_value("the reason must match", &rule->values[RULE_REASON], cap, ret_text);
    break;
  case CHECKS:
    (void)snprintf(ret_text, cap, "it takes the wish");
    break;
  }
}
