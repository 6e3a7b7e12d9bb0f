/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing a JSON document that jansson holds. Its own writer takes a text apart character by
 * character; this one copies what needs no escape in runs, which is an eighth of the work. Reaches
 * buf.h, json.h, jansson. */
#ifndef BREAKGLASS_JSON_WRITE_H
#define BREAKGLASS_JSON_WRITE_H

#include <jansson.h>

#define JSON_TEXT_MAX 1048576

/* Without blanks, keys in their order, on the heap. NULL of NULL, for a document with a number that
 * is not whole, nested deeper than BG_JSON_MAX_DEPTH or longer than JSON_TEXT_MAX, or without
 * memory. */
char *json_write(const json_t *value);

#endif
