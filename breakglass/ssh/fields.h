/* SPDX-License-Identifier: BSD-2-Clause */
/* A line's fields, parted by spaces and tabs. */
#ifndef BREAKGLASS_SSH_FIELDS_H
#define BREAKGLASS_SSH_FIELDS_H

#include "breakglass/buf.h"

/* Cuts len bytes, which are there, off the front. */
void bg_skip(struct bg_bytes *text, size_t len);
void bg_skip_blanks(struct bg_bytes *line);
/* The field behind the blanks at the front, cut off with them; empty at the end. */
struct bg_bytes bg_take_field(struct bg_bytes *line);

#endif
