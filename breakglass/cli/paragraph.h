/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts that somebody else wrote, for those who decide by them. A text that the terminal breaks
 * could be written so that its next line looks like one of ours: lines are broken here. */
#ifndef BREAKGLASS_CLI_PARAGRAPH_H
#define BREAKGLASS_CLI_PARAGRAPH_H

#include <stdio.h>

/* How many columns a line of out has: one less than its terminal, 79 for what is none. */
int paragraph_columns(FILE *out);
/* How many bytes of text surely fit into so many columns: whole characters. */
size_t paragraph_fit(const char *text, int columns);

/* Prints "  NAME  TEXT", the name in so many columns. What does not fit into a line (of 79 columns
 * at most) goes on below, two columns behind where the text began. text: UTF-8 without control
 * characters. */
void print_paragraph(FILE *out, int name_columns, const char *name, const char *text);

#endif
