/* SPDX-License-Identifier: BSD-2-Clause */
/* signer.conf while it is read: its keys, and one reading of all files. Inside policy/issuing/
 * only. */
#ifndef POLICY_ISSUING_READING_H
#define POLICY_ISSUING_READING_H

#include "issuing.h"

enum issuing_section {
  SECTION_NONE, /* an unknown one: reported, its keys are passed over */
  SECTION_SIGNER,
  SECTION_PEOPLE,
  SECTION_HOSTS,
  SECTION_RULE
};

#define SETTING_KEYS 14

struct issuing_reading {
  struct bg_issuing *issuing;
  struct bg_conf_told told;
  const char *only; /* the only file; NULL: all */
  const char *file; /* being read */
  enum issuing_section section;
  struct issuing_rule *rule; /* of the section */
  struct issuing_value settings[SETTING_KEYS];
};

struct issuing_key;

struct issuing_place { /* a value, and where it goes */
  struct issuing_reading *reading;
  const struct issuing_key *key;
  const struct issuing_value *value;
  void *target; /* struct bg_issuing_settings, struct issuing_rule */
};

struct issuing_key {
  const char *name;
  const char *fallback; /* NULL: the key is required */
  void (*parse)(const struct issuing_place *place);
  size_t offset; /* of the field, for common parsers */
  size_t size;   /* texts: of the field */
  int64_t max;   /* durations: seconds */
};

extern const struct issuing_key issuing_setting_keys[SETTING_KEYS];
extern const struct issuing_key issuing_rule_keys[RULE_KEYS];

/* "[section] key: ..." at the value's place. */
void issuing_reject(struct issuing_reading *reading, const struct issuing_value *value,
                    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* lists.c: the words of a list, each refused alone for what is wrong with it. */
typedef const char *issuing_word_fn(struct bg_bytes word); /* NULL: nothing */
void issuing_list_judge(struct issuing_reading *reading, const struct issuing_value *value,
                        issuing_word_fn *judge);
issuing_word_fn issuing_judge_principal, issuing_judge_host, issuing_judge_rule_host,
    issuing_judge_login, issuing_judge_requester;

/* read.c: one file's text, for bg_conf_read_files(); after the last, defaults and what is missing.
 */
void issuing_read_text(void *context, const char *file, bool vendor, struct bg_bytes text);
void issuing_read_finish(struct issuing_reading *reading);

/* check.c: what only shows once all is read. reach.c: rules that never decide. */
BG_MUST_USE enum bg_error issuing_check(struct issuing_reading *reading);
void issuing_check_reach(struct issuing_reading *reading);

/* load.c: all that follows the last file. BG_REFUSED_CONFIG if anything was told. */
BG_MUST_USE enum bg_error issuing_read_end(struct issuing_reading *reading);

#endif
