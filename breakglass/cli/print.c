/* SPDX-License-Identifier: BSD-2-Clause */
#include "print.h"

#include <stdio.h>

#include "cli.h"

void print_conf_problem(void *context, const struct bg_conf_problem *problem) {
  (void)context;
  (void)fprintf(stderr, "%s:", problem->file);
  if (problem->line > 0) {
    (void)fprintf(stderr, "%u:", problem->line);
  }
  (void)fprintf(stderr, " %s\n", problem->text);
}

int print_json_document(const struct bg_buf *buf) {
  struct bg_bytes text = bg_buf_view(buf);
  if (buf->failed || fwrite(text.data, 1, text.len, stdout) != text.len || puts("") == EOF) {
    return cli_failure("the JSON document could not be written");
  }
  return CLI_OK;
}
