/* SPDX-License-Identifier: BSD-2-Clause */
/* signer.conf as it lies in memory: views into the text of its files, which are kept. Inside
 * policy/issuing/ and its tests only. */
#ifndef POLICY_ISSUING_H
#define POLICY_ISSUING_H

#include <regex.h>

#include "../files.h"
#include "../words.h"
#include "breakglass/issuing.h"

#define ISSUING_RULES_MAX 64
#define ISSUING_GROUPS_MAX 64
#define ISSUING_NAMES_MAX 256 /* in one list */
#define ISSUING_HOST_MAX (BG_NAME_MAX - sizeof "host:" + 1)
#define ISSUING_PATTERN_MAX 200
#define ISSUING_FILE_MAX 262144
#define ISSUING_LINE_MAX 16384 /* a group of 256 people */

struct issuing_value { /* as written, and where; file NULL: not set */
  const char *file;
  unsigned line;
  struct bg_bytes section; /* "rule web" */
  struct bg_bytes key;
  struct bg_bytes text;
};

struct issuing_group { /* its names are the words of the value */
  struct bg_bytes name;
  struct issuing_value value;
};

struct issuing_groups {
  struct issuing_group group[ISSUING_GROUPS_MAX];
  size_t count;
};

struct issuing_hours {
  uint8_t days;      /* bit 0: Monday; none: always */
  unsigned from, to; /* minutes of the day; to <= from: until the next day */
};

struct issuing_need {
  struct bg_bytes group;
  unsigned count;
};

enum issuing_rule_key {
  RULE_HOSTS,
  RULE_LOGINS,
  RULE_REQUESTERS,
  RULE_FOR,
  RULE_APPROVALS,
  RULE_WINDOW,
  RULE_SESSION,
  RULE_WAIT,
  RULE_REASON,
  RULE_LEVEL,
  RULE_HOURS,
  RULE_KEYS
};

struct issuing_rule {
  struct bg_bytes name;
  const char *file; /* of its latest header */
  unsigned line;
  bool broken; /* has a value that was refused: not to be compared with others */
  /* hosts, logins and requesters are the words of their values */
  struct issuing_value values[RULE_KEYS];
  bool ssh, console;
  struct issuing_need needs[BG_NEEDS_MAX];
  size_t need_count;
  int64_t longest_window, longest_session, approval_wait;
  bool has_pattern;
  regex_t pattern;
  enum bg_level level;
  struct issuing_hours hours;
};

struct bg_issuing {
  struct bg_issuing_settings settings;
  struct bg_conf_files *files;
  struct issuing_groups people, hosts;
  struct issuing_rule rules[ISSUING_RULES_MAX];
  size_t rule_count;
};

/* names.c: who and what is in which list. */
const struct issuing_group *issuing_group_find(const struct issuing_groups *groups,
                                               struct bg_bytes name);
bool issuing_list_has(struct bg_bytes list, struct bg_bytes word);
size_t issuing_list_count(struct bg_bytes list);
/* "group:NAME" in a rule's hosts; false if the word is a host. */
bool issuing_word_is_group(struct bg_bytes word, struct bg_bytes *ret_group);
/* A requester is a group of people, unless there is an @ in it. */
bool issuing_word_is_principal(struct bg_bytes word);
bool issuing_rule_has_any_host(const struct issuing_rule *rule);
bool issuing_rule_has_host(const struct bg_issuing *issuing, const struct issuing_rule *rule,
                           struct bg_bytes host);
bool issuing_rule_has_requester(const struct bg_issuing *issuing, const struct issuing_rule *rule,
                                struct bg_bytes person);

/* hours.c */
/* "Mon-Fri 09:00-18:00"; what is wrong with it, or NULL. */
const char *issuing_hours_parse(struct bg_bytes text, struct issuing_hours *ret_hours);
bool issuing_hours_have(const struct issuing_hours *hours, int64_t unix_seconds);
/* Whether all that is within the inner hours is within the outer. */
bool issuing_hours_cover(const struct issuing_hours *outer, const struct issuing_hours *inner);

/* match.c: people for needs, each for one only. */
struct issuing_match {
  const struct bg_issuing *issuing;
  const struct issuing_need *needs;
  size_t need_count;
  struct bg_bytes subject; /* counts for nothing */
  struct bg_bytes (*person)(const void *people, size_t index);
  const void *people;
  size_t count;
};
/* How many people each need still wants, when as many are satisfied as can be. */
void issuing_match(const struct issuing_match *match, unsigned ret_missing[static BG_NEEDS_MAX]);

#endif
