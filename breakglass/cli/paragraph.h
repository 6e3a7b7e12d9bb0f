/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts that somebody wrote freely and another reads before deciding. */
#ifndef BREAKGLASS_CLI_PARAGRAPH_H
#define BREAKGLASS_CLI_PARAGRAPH_H

#include <stdio.h>

/* Prints "  NAME  TEXT", the name in so many columns. What is longer than a line of 80 columns goes
 * on below the text, never below the name: a text that a terminal broke could be written so that
 * its next line looks like another name with its value. text: UTF-8 without control characters. */
void print_paragraph(FILE *out, int name_columns, const char *name, const char *text);

#endif
