/* SPDX-License-Identifier: BSD-2-Clause */
/* A rule's pattern for reasons: a POSIX extended regular expression. */
#ifndef POLICY_ISSUING_PATTERN_H
#define POLICY_ISSUING_PATTERN_H

#include <regex.h>

#include "breakglass/buf.h"

/* False after writing what is wrong with it to ret_why. */
bool issuing_pattern_compile(struct bg_bytes text, regex_t *ret_pattern, size_t cap, char *ret_why);

#endif
