/* SPDX-License-Identifier: BSD-2-Clause */
/* A strict INI reader: "[section]", "key = value", whole-line comments after #
 * or ;. No continuation, no quoting, no comment behind a value. Reaches core. */
#ifndef POLICY_INI_H
#define POLICY_INI_H

#include "breakglass/buf.h"

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
  size_t line_max;       /* bytes */
  const char *long_line; /* what is said of a longer one */
  /* Judges the text of each header, and says what is wrong with it; NULL: it is one name, and keys
   * have no dashes. */
  const char *(*on_section)(void *context, unsigned line, struct bg_bytes name);
  /* The section whose keys are names of hosts: letters of either case and digits, between them . -
   * _ and :. NULL: none is. */
  const char *hosts;
};

/* Reads on after a problem, so that all are reported. */
void bg_ini_parse(struct bg_bytes text, const struct bg_ini_reader *reader);

/* Lower-case letters, digits and _, and - if dashes are allowed; not empty. */
bool bg_ini_is_name(struct bg_bytes text, bool dashes);

/* The text without blanks (space, tab) at both ends. */
struct bg_bytes bg_ini_trim(struct bg_bytes text);

#endif
