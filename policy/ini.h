/* SPDX-License-Identifier: BSD-2-Clause */
/* A strict INI reader: "[section]", "key = value", whole-line comments after #
 * or ;. No continuation, no quoting, no comment behind a value. Reaches core. */
#ifndef POLICY_INI_H
#define POLICY_INI_H

#include "breakglass/buf.h"

#define BG_INI_LINE_MAX 1024

struct bg_ini_entry { /* views into the text */
  unsigned line;
  struct bg_bytes section;
  struct bg_bytes key;
  struct bg_bytes value; /* clean text, may be empty */
};

struct bg_ini_reader {
  void (*on_entry)(void *context, const struct bg_ini_entry *entry);
  void (*on_problem)(void *context, unsigned line, const char *text);
  void *context;
};

/* Reads on after a problem, so that all are reported. */
void bg_ini_parse(struct bg_bytes text, const struct bg_ini_reader *reader);

/* The same; the keys of one section may be names of hosts: letters of either case and digits,
 * and between them . - _ and :. */
void bg_ini_parse_hosts(struct bg_bytes text, const char *section,
                        const struct bg_ini_reader *reader);

/* The text without blanks (space, tab) at both ends. */
struct bg_bytes bg_ini_trim(struct bg_bytes text);

#endif
