/* SPDX-License-Identifier: BSD-2-Clause */
/* agent.conf while it is read: the table of its keys. Inside policy/agent/ only. */
#ifndef POLICY_AGENT_READING_H
#define POLICY_AGENT_READING_H

#include "../files.h"
#include "breakglass/agent_conf.h"

#define AGENT_KEYS 14

struct agent_key;

struct agent_value { /* as written, and where; file NULL: the default */
  const struct agent_key *key;
  const char *file;
  unsigned line;
  struct bg_bytes text;
};

struct agent_reading {
  struct bg_agent_conf *conf;
  struct bg_conf_told told;
  const char *file;                      /* being read */
  struct agent_value values[AGENT_KEYS]; /* the last of each; key NULL: none */
};

struct agent_key {
  const char *section;
  const char *name;
  const char *fallback;
  /* Writes into reading->conf, or calls agent_reject(). */
  void (*parse)(struct agent_reading *reading, const struct agent_value *value);
  size_t offset; /* of the field, and its size */
  size_t size;
};
extern const struct agent_key agent_keys[AGENT_KEYS];

/* "[section] key: ..." at the value's place. */
void agent_reject(struct agent_reading *reading, const struct agent_value *value,
                  const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
