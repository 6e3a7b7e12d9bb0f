/* SPDX-License-Identifier: BSD-2-Clause */
/* What only shows once all of signer.conf is read: names that lead nowhere, and rules that
 * nobody could ever be approved under. */
#include <config.h>

#include <stdlib.h>

#include "reading.h"

/* NULL: no file sets it. */
static const struct issuing_value *setting_of(const struct issuing_reading *reading,
                                              const char *key) {
  for (size_t i = 0; i < SETTING_KEYS; i++) {
    const struct issuing_value *value = &reading->settings[i];
    if (value->file != NULL && value->text.len > 0 && bg_bytes_is(value->key, key)) {
      return value;
    }
  }
  return NULL;
}

/* A setting for something that is not there would be believed to do something. */
static void check_webhook(struct issuing_reading *reading) {
  static const char *const keys[] = {"webhook_ca", "webhook_secret"};
  for (size_t i = 0; i < 2; i++) {
    const struct issuing_value *value = setting_of(reading, keys[i]);
    if (value != NULL && setting_of(reading, "webhook") == NULL) {
      issuing_reject(reading, value, "is for a webhook, and there is none");
    }
  }
}

static void check_listen(struct issuing_reading *reading) {
  const struct bg_issuing_settings *settings = &reading->issuing->settings;
  bool certificate = settings->certificate[0] != '\0';
  bool key = settings->key[0] != '\0';
  if (certificate == key && (certificate || settings->listen[0] == '\0')) {
    return;
  }
  for (size_t i = 0; i < SETTING_KEYS; i++) {
    const struct issuing_value *value = &reading->settings[i];
    bool culprit = bg_bytes_is(value->key, certificate ? "certificate" : key ? "key" : "listen");
    if (culprit && value->file != NULL) {
      issuing_reject(reading, value, "needs both certificate and key");
    }
  }
}

static void no_group(struct issuing_reading *reading, const struct issuing_value *value,
                     struct bg_bytes group, const char *where) {
  issuing_reject(reading, value, "there is no group '%.*s' in [%s]", (int)group.len,
                 (const char *)group.data, where);
}

/* Each host of a group becomes an audience of the token, which takes so many. */
static void check_hosts(struct issuing_reading *reading, struct issuing_rule *rule) {
  const struct issuing_value *value = &rule->values[RULE_HOSTS];
  struct bg_bytes list = value->text;
  struct bg_bytes name;
  for (struct bg_bytes word; bg_conf_next_word(&list, &word);) {
    if (!issuing_word_is_group(word, &name)) {
      continue;
    }
    const struct issuing_group *group = issuing_group_find(&reading->issuing->hosts, name);
    if (group == NULL) {
      no_group(reading, value, name, "hosts");
    } else if (issuing_list_count(group->value.text) > BG_SCOPES_MAX) {
      issuing_reject(reading, value, "the group '%.*s' has more than the %d hosts of a token",
                     (int)name.len, (const char *)name.data, BG_SCOPES_MAX);
    }
  }
}

static void check_requesters(struct issuing_reading *reading, struct issuing_rule *rule) {
  const struct issuing_value *value = &rule->values[RULE_REQUESTERS];
  struct bg_bytes list = value->text;
  for (struct bg_bytes word; bg_conf_next_word(&list, &word);) {
    if (issuing_judge_requester(word) == NULL && !issuing_word_is_principal(word) &&
        issuing_group_find(&reading->issuing->people, word) == NULL) {
      no_group(reading, value, word, "people");
    }
  }
}

static void check_needs(struct issuing_reading *reading, struct issuing_rule *rule) {
  const struct issuing_value *value = &rule->values[RULE_APPROVALS];
  for (size_t i = 0; i < rule->need_count; i++) {
    const struct issuing_need *need = &rule->needs[i];
    const struct issuing_group *group = issuing_group_find(&reading->issuing->people, need->group);
    if (group == NULL) {
      no_group(reading, value, need->group, "people");
    } else if (issuing_list_count(group->value.text) < need->count) {
      issuing_reject(reading, value, "needs %u of '%.*s', which has only %zu", need->count,
                     (int)need->group.len, (const char *)need->group.data,
                     issuing_list_count(group->value.text));
    }
  }
}

#define PEOPLE_MAX ((size_t)BG_NEEDS_MAX * ISSUING_NAMES_MAX)

struct people { /* all who may approve under a rule, some of them twice */
  struct bg_bytes name[PEOPLE_MAX];
  size_t count;
};

static struct bg_bytes person_of(const void *context, size_t index) {
  return ((const struct people *)context)->name[index];
}

static void collect(const struct bg_issuing *issuing, const struct issuing_rule *rule,
                    struct people *people) {
  for (size_t i = 0; i < rule->need_count; i++) {
    const struct issuing_group *group = issuing_group_find(&issuing->people, rule->needs[i].group);
    struct bg_bytes list = group != NULL ? group->value.text : bg_bytes(NULL, 0);
    for (struct bg_bytes word; people->count < PEOPLE_MAX && bg_conf_next_word(&list, &word);) {
      people->name[people->count++] = word;
    }
  }
}

static bool can_be_approved(const struct bg_issuing *issuing, const struct issuing_rule *rule,
                            const struct people *people, struct bg_bytes subject) {
  unsigned missing[BG_NEEDS_MAX];
  const struct issuing_match match = {issuing,   rule->needs, rule->need_count, subject,
                                      person_of, people,      people->count};
  issuing_match(&match, missing);
  return missing[0] + missing[1] + missing[2] + missing[3] == 0;
}

/* Stops at the first requester whom enough others can approve. */
static bool any_can_be_approved(const struct bg_issuing *issuing, const struct issuing_rule *rule,
                                const struct people *people) {
  struct bg_bytes list = rule->values[RULE_REQUESTERS].text;
  for (struct bg_bytes word; bg_conf_next_word(&list, &word);) {
    if (issuing_word_is_principal(word)) {
      if (can_be_approved(issuing, rule, people, word)) {
        return true;
      }
      continue;
    }
    const struct issuing_group *group = issuing_group_find(&issuing->people, word);
    struct bg_bytes names = group != NULL ? group->value.text : bg_bytes(NULL, 0);
    for (struct bg_bytes name; bg_conf_next_word(&names, &name);) {
      if (can_be_approved(issuing, rule, people, name)) {
        return true;
      }
    }
  }
  return false;
}

static void check_approvable(struct issuing_reading *reading, struct issuing_rule *rule,
                             struct people *people) {
  people->count = 0;
  collect(reading->issuing, rule, people);
  if (!can_be_approved(reading->issuing, rule, people, bg_bytes(NULL, 0))) {
    issuing_reject(reading, &rule->values[RULE_APPROVALS],
                   "cannot be met: one person counts for one group only");
    rule->broken = true;
  } else if (!any_can_be_approved(reading->issuing, rule, people)) {
    issuing_reject(reading, &rule->values[RULE_APPROVALS],
                   "cannot be met: without the requester's own, too few are left to approve");
    rule->broken = true;
  }
}

enum bg_error issuing_check(struct issuing_reading *reading) {
  struct people *people = calloc(1, sizeof *people);
  if (people == NULL) {
    return BG_ERR_NOMEM;
  }
  check_listen(reading);
  check_webhook(reading);
  for (size_t i = 0; i < reading->issuing->rule_count; i++) {
    struct issuing_rule *rule = &reading->issuing->rules[i];
    unsigned before = reading->told.problems;
    check_hosts(reading, rule);
    check_requesters(reading, rule);
    check_needs(reading, rule);
    rule->broken = rule->broken || reading->told.problems > before;
    if (!rule->broken) {
      check_approvable(reading, rule, people);
    }
  }
  free(people);
  return BG_OK;
}
