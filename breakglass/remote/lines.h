/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of the service's to standard output: as they are for a program, whose hashes must fit; for
 * a terminal without what could steer it. */
#ifndef BREAKGLASS_REMOTE_LINES_H
#define BREAKGLASS_REMOTE_LINES_H

#include "breakglass/buf.h"

/* The number of lines; text that ends within a line is one line less. */
size_t lines_count(struct bg_bytes text);
/* Replaces what is not clean by '?', but for the ends of lines. */
void lines_clean(size_t len, uint8_t *text);
void lines_print(size_t len, uint8_t *text);

#endif
