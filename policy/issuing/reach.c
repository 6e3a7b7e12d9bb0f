/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules that never decide, since an earlier one takes every wish that they take. Only what is
 * certain is said: one earlier rule, and a pattern that is the same. */
#include <config.h>

#include "reading.h"

static bool hosts_cover(const struct bg_issuing *issuing, const struct issuing_rule *earlier,
                        const struct issuing_rule *later) {
  struct bg_bytes list = later->values[RULE_HOSTS].text;
  struct bg_bytes name;
  if (issuing_rule_has_any_host(earlier)) {
    return true;
  }
  for (struct bg_bytes word; bg_conf_next_word(&list, &word);) {
    bool is_group = issuing_word_is_group(word, &name);
    const struct issuing_group *group = is_group ? issuing_group_find(&issuing->hosts, name) : NULL;
    struct bg_bytes hosts = group != NULL ? group->value.text : word;
    for (struct bg_bytes host; bg_conf_next_word(&hosts, &host);) {
      if (!issuing_rule_has_host(issuing, earlier, host)) {
        return false; /* "*" too, which no list of hosts has */
      }
    }
  }
  return true;
}

static bool requesters_cover(const struct bg_issuing *issuing, const struct issuing_rule *earlier,
                             const struct issuing_rule *later) {
  struct bg_bytes list = later->values[RULE_REQUESTERS].text;
  for (struct bg_bytes word; bg_conf_next_word(&list, &word);) {
    if (issuing_list_has(earlier->values[RULE_REQUESTERS].text, word)) {
      continue; /* a group that both name */
    }
    bool one = issuing_word_is_principal(word);
    const struct issuing_group *group = one ? NULL : issuing_group_find(&issuing->people, word);
    struct bg_bytes people = group != NULL ? group->value.text : word;
    for (struct bg_bytes person; bg_conf_next_word(&people, &person);) {
      if (!issuing_rule_has_requester(issuing, earlier, person)) {
        return false;
      }
    }
  }
  return true;
}

static bool logins_cover(const struct issuing_rule *earlier, const struct issuing_rule *later) {
  struct bg_bytes list = later->values[RULE_LOGINS].text;
  for (struct bg_bytes word; bg_conf_next_word(&list, &word);) {
    if (!issuing_list_has(earlier->values[RULE_LOGINS].text, word)) {
      return false;
    }
  }
  return true;
}

static bool pattern_covers(const struct issuing_rule *earlier, const struct issuing_rule *later) {
  return !earlier->has_pattern ||
         (later->has_pattern &&
          bg_bytes_equal(earlier->values[RULE_REASON].text, later->values[RULE_REASON].text));
}

/* What is quick to see first. */
static bool covers(const struct bg_issuing *issuing, const struct issuing_rule *earlier,
                   const struct issuing_rule *later) {
  return earlier->longest_window >= later->longest_window &&
         earlier->longest_session >= later->longest_session && (earlier->ssh || !later->ssh) &&
         (earlier->console || !later->console) && pattern_covers(earlier, later) &&
         logins_cover(earlier, later) && hosts_cover(issuing, earlier, later) &&
         requesters_cover(issuing, earlier, later) &&
         issuing_hours_cover(&earlier->hours, &later->hours);
}

void issuing_check_reach(struct issuing_reading *reading) {
  const struct bg_issuing *issuing = reading->issuing;
  for (size_t i = 1; i < issuing->rule_count; i++) {
    const struct issuing_rule *later = &issuing->rules[i];
    for (size_t k = 0; k < i && !later->broken; k++) {
      const struct issuing_rule *earlier = &issuing->rules[k];
      if (!earlier->broken && covers(issuing, earlier, later)) {
        bg_conf_tell(&reading->told, later->file, later->line,
                     "[rule %.*s] never decides: [rule %.*s] takes all that it takes",
                     (int)later->name.len, (const char *)later->name.data, (int)earlier->name.len,
                     (const char *)earlier->name.data);
        break;
      }
    }
  }
}
