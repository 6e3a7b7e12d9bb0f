/* SPDX-License-Identifier: BSD-2-Clause */
/* The keys of [rule NAME]. */
#include <config.h>

#include <stddef.h>
#include <string.h>

#include "../ini.h"
#include "breakglass/text.h"
#include "pattern.h"
#include "reading.h"

#define MINUTE ((int64_t)60)
#define DAY (1440 * MINUTE)
/* A request asks for no more (docs/PROTOCOL.signer.md, section 3). */
#define WINDOW_MAX DAY
#define SESSION_MAX (30 * DAY)
#define WAIT_MAX (7 * DAY)

static void parse_hosts(const struct issuing_place *place) {
  struct bg_bytes any = bg_bytes_of("*");
  issuing_list_judge(place->reading, place->value, issuing_judge_rule_host);
  if (issuing_list_has(place->value->text, any) && issuing_list_count(place->value->text) > 1) {
    issuing_reject(place->reading, place->value, "'*' is all hosts: it stands alone");
  }
}

static void parse_logins(const struct issuing_place *place) {
  issuing_list_judge(place->reading, place->value, issuing_judge_login);
}

static void parse_requesters(const struct issuing_place *place) {
  issuing_list_judge(place->reading, place->value, issuing_judge_requester);
}

static const char *judge_way(struct bg_bytes word) {
  return bg_bytes_is(word, "ssh") || bg_bytes_is(word, "console") ? NULL
                                                                  : "is neither ssh nor console";
}

static void parse_for(const struct issuing_place *place) {
  struct issuing_rule *rule = place->target;
  issuing_list_judge(place->reading, place->value, judge_way);
  rule->ssh = issuing_list_has(place->value->text, bg_bytes_of("ssh"));
  rule->console = issuing_list_has(place->value->text, bg_bytes_of("console"));
}

/* "sre:1" */
static const char *parse_need(struct bg_bytes part, struct issuing_rule *rule) {
  struct issuing_need *need = &rule->needs[rule->need_count];
  int64_t count;
  need->group = bg_conf_cut(&part, ':');
  if (!bg_ini_is_name(need->group, true)) {
    return "has a part that is not of the form group:count; 'none' stands alone";
  }
  if (bg_parse_uint(part, 1, BG_NEEDS_MAX, &count) != BG_OK) {
    return "has a count that is not 1 to 4";
  }
  for (size_t i = 0; i < rule->need_count; i++) {
    if (bg_bytes_equal(rule->needs[i].group, need->group)) {
      return "names a group a second time";
    }
  }
  need->count = (unsigned)count;
  rule->need_count++;
  return NULL;
}

static const char *parse_needs(struct bg_bytes text, struct issuing_rule *rule) {
  unsigned all = 0;
  bool more = true;
  for (rule->need_count = 0; more;) {
    if (rule->need_count == BG_NEEDS_MAX) {
      return "needs more than the 4 approvals that a token has room for";
    }
    more = text.len > 0 && memchr(text.data, '+', text.len) != NULL;
    const char *problem = parse_need(bg_conf_cut(&text, '+'), rule);
    if (problem != NULL) {
      return problem;
    }
    all += rule->needs[rule->need_count - 1].count;
  }
  return all <= BG_NEEDS_MAX ? NULL : "needs more than the 4 approvals that a token has room for";
}

static void parse_approvals(const struct issuing_place *place) {
  struct issuing_rule *rule = place->target;
  rule->need_count = 0;
  if (bg_bytes_is(place->value->text, "none")) {
    return;
  }
  const char *problem = parse_needs(place->value->text, rule);
  if (problem != NULL) {
    issuing_reject(place->reading, place->value, "%s", problem);
  }
}

static void parse_duration(const struct issuing_place *place) {
  int64_t *seconds = (int64_t *)(void *)((char *)place->target + place->key->offset);
  enum bg_error err = bg_parse_duration(place->value->text, place->key->max, seconds);
  if (err == BG_ERR_RANGE || (err == BG_OK && *seconds < MINUTE)) {
    issuing_reject(place->reading, place->value, "must be between 60s and %llds",
                   (long long)place->key->max);
  } else if (err != BG_OK) {
    issuing_reject(place->reading, place->value, "is not a duration like 10m, 2h or 7d");
  }
}

static void parse_reason(const struct issuing_place *place) {
  struct issuing_rule *rule = place->target;
  char why[160];
  if (rule->has_pattern) {
    regfree(&rule->pattern);
    rule->has_pattern = false;
  }
  if (place->value->file == NULL) {
    return; /* by default any reason is taken */
  }
  rule->has_pattern = issuing_pattern_compile(place->value->text, &rule->pattern, sizeof why, why);
  if (!rule->has_pattern) {
    issuing_reject(place->reading, place->value, "%s", why);
  }
}

static void parse_level(const struct issuing_place *place) {
  struct issuing_rule *rule = place->target;
  rule->level = BG_LEVEL_NONE;
  if (place->value->file != NULL && bg_level_parse(place->value->text, &rule->level) != BG_OK) {
    issuing_reject(place->reading, place->value, "must be refresh, rebuild or reallocate");
  }
}

static void parse_hours(const struct issuing_place *place) {
  struct issuing_rule *rule = place->target;
  const char *problem = issuing_hours_parse(place->value->text, &rule->hours);
  if (problem != NULL) {
    issuing_reject(place->reading, place->value, "%s", problem);
  }
}

#define DURATION(name) parse_duration, .offset = offsetof(struct issuing_rule, name)

const struct issuing_key issuing_rule_keys[RULE_KEYS] = {
    [RULE_HOSTS] = {"hosts", NULL, parse_hosts},
    [RULE_LOGINS] = {"logins", NULL, parse_logins},
    [RULE_REQUESTERS] = {"requesters", NULL, parse_requesters},
    [RULE_FOR] = {"for", "ssh", parse_for},
    [RULE_APPROVALS] = {"approvals", NULL, parse_approvals},
    [RULE_WINDOW] = {"longest_window", NULL, DURATION(longest_window), .max = WINDOW_MAX},
    [RULE_SESSION] = {"longest_session", NULL, DURATION(longest_session), .max = SESSION_MAX},
    [RULE_WAIT] = {"approval_wait", "30m", DURATION(approval_wait), .max = WAIT_MAX},
    [RULE_REASON] = {"reason", "", parse_reason},
    [RULE_LEVEL] = {"level", "", parse_level},
    [RULE_HOURS] = {"hours", "always", parse_hours},
};
