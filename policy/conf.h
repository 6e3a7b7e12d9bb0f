/* SPDX-License-Identifier: BSD-2-Clause */
/* gate.conf while it is read: the table of keys, and one reading of all files.
 * Inside policy/ and its tests only. */
#ifndef POLICY_CONF_H
#define POLICY_CONF_H

#include "breakglass/policy.h"
#include "files.h"
#include "ini.h"

struct bg_conf;
struct bg_conf_key;

struct bg_conf_value { /* a key's value, in one file or by default */
  struct bg_conf *conf;
  const struct bg_conf_key *key;
  struct bg_bytes text;
  const char *file; /* NULL: the default */
  unsigned line;
};

struct bg_conf_key {
  const char *section;
  const char *name;
  const char *fallback; /* NULL: the key is required */
  /* Writes into conf->policy, or calls bg_conf_reject(). */
  void (*parse)(const struct bg_conf_value *value);
  size_t offset;          /* of the field in struct bg_policy, for the common parsers */
  int64_t max;            /* durations: seconds */
  const char *choices[2]; /* words for false and true */
};

#define BG_CONF_KEYS 23
extern const struct bg_conf_key bg_conf_keys[BG_CONF_KEYS];
/* The keys host.id and taint.ack in the table. */
#define BG_CONF_HOST_ID 4
#define BG_CONF_ACK 18

struct bg_conf {
  struct bg_policy *policy;
  const struct bg_policy_reading *reading;
  struct bg_conf_told told;
  const char *file;                          /* being parsed */
  bool vendor;                               /* it is one of the vendor's */
  size_t next;                               /* where the search for a key begins */
  struct bg_conf_value values[BG_CONF_KEYS]; /* the last of each; key NULL: none */
};

/* Parses one file's text, which outlives conf. */
void bg_conf_parse(struct bg_conf *conf, const char *file, bool vendor, struct bg_bytes text);
/* After the last file: defaults, and what is missing. */
void bg_conf_finish(struct bg_conf *conf);

/* "[section] key: ..." at the value's place. */
void bg_conf_reject(const struct bg_conf_value *value, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* After the last key: whether anybody can acknowledge what [taint] ack waits for. */
void bg_conf_check_ack(const struct bg_conf *conf);

/* Fills host_id from what [host] id says. */
void bg_conf_resolve_host_id(struct bg_conf *conf);

/* Parsers of single keys; the rest is in keys.c. */
void bg_conf_parse_exempt(const struct bg_conf_value *value);
void bg_conf_parse_session_services(const struct bg_conf_value *value);
void bg_conf_parse_groups(const struct bg_conf_value *value);
void bg_conf_parse_sinks(const struct bg_conf_value *value);
void bg_conf_parse_signatures(const struct bg_conf_value *value);
void bg_conf_parse_host_id(const struct bg_conf_value *value);

#endif
