/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <string.h>

#include "issuing.h"

#define GROUP_PREFIX "group:"

const struct issuing_group *issuing_group_find(const struct issuing_groups *groups,
                                               struct bg_bytes name) {
  for (size_t i = 0; i < groups->count; i++) {
    if (bg_bytes_equal(groups->group[i].name, name)) {
      return &groups->group[i];
    }
  }
  return NULL;
}

bool issuing_list_has(struct bg_bytes list, struct bg_bytes word) {
  for (struct bg_bytes next; bg_conf_next_word(&list, &next);) {
    if (bg_bytes_equal(next, word)) {
      return true;
    }
  }
  return false;
}

size_t issuing_list_count(struct bg_bytes list) {
  size_t count = 0;
  for (struct bg_bytes word; bg_conf_next_word(&list, &word);) {
    count++;
  }
  return count;
}

static bool group_has(const struct issuing_groups *groups, struct bg_bytes name,
                      struct bg_bytes word) {
  const struct issuing_group *group = issuing_group_find(groups, name);
  return group != NULL && issuing_list_has(group->value.text, word);
}

bool issuing_word_is_group(struct bg_bytes word, struct bg_bytes *ret_group) {
  size_t len = strlen(GROUP_PREFIX);
  if (word.len < len || memcmp(word.data, GROUP_PREFIX, len) != 0) {
    return false;
  }
  *ret_group = bg_bytes(word.data + len, word.len - len);
  return true;
}

bool issuing_word_is_principal(struct bg_bytes word) {
  return memchr(word.data, '@', word.len) != NULL;
}

bool issuing_rule_has_any_host(const struct issuing_rule *rule) {
  return issuing_list_has(rule->values[RULE_HOSTS].text, bg_bytes_of("*"));
}

bool issuing_rule_has_host(const struct bg_issuing *issuing, const struct issuing_rule *rule,
                           struct bg_bytes host) {
  struct bg_bytes list = rule->values[RULE_HOSTS].text;
  struct bg_bytes group;
  for (struct bg_bytes word; bg_conf_next_word(&list, &word);) {
    if (bg_bytes_is(word, "*")) {
      return true;
    }
    if (issuing_word_is_group(word, &group) ? group_has(&issuing->hosts, group, host)
                                            : bg_bytes_equal(word, host)) {
      return true;
    }
  }
  return false;
}

bool issuing_rule_has_requester(const struct bg_issuing *issuing, const struct issuing_rule *rule,
                                struct bg_bytes person) {
  struct bg_bytes list = rule->values[RULE_REQUESTERS].text;
  for (struct bg_bytes word; bg_conf_next_word(&list, &word);) {
    if (issuing_word_is_principal(word) ? bg_bytes_equal(word, person)
                                        : group_has(&issuing->people, word, person)) {
      return true;
    }
  }
  return false;
}

bool bg_issuing_is_member(const struct bg_issuing *issuing, const char *group, const char *person) {
  return group_has(&issuing->people, bg_bytes_of(group), bg_bytes_of(person));
}
