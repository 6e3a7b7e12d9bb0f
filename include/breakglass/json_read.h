/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a JSON document that somebody else may have written. Not for the PAM module. Reaches
 * buf.h, jansson. */
#ifndef BREAKGLASS_JSON_READ_H
#define BREAKGLASS_JSON_READ_H

#include <jansson.h>

#include "breakglass/buf.h"

#define JSON_DEPTH_MAX 16

/* NULL if it is none, has a key twice or is nested deeper than JSON_DEPTH_MAX; or for want of
 * memory, which cannot be told from these: */
json_t *json_read(struct bg_bytes bytes);

/* From now on a process that has no memory for JSON ends at once with exit code 1: for programs that would take
 * an event that they could not read for one that is damaged. Before any thread is there. */
void json_end_without_memory(void);

/* Whether every text and key in it is clean (text.h): whoever was on this host may have written
 * it, and nothing of it may steer a terminal or begin a line of its own. NULL is. */
bool json_is_clean(json_t *value);

/* A text of an object, NULL if there is none. */
const char *json_text_of(const json_t *object, const char *key);
/* A time of an object (RFC 3339) in Unix seconds, 0 if there is none. */
int64_t json_time_of(const json_t *object, const char *key);

#endif
