/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "finding_json.h"

#include "json_read.h"

/* Each byte of the longest finding can become six. */
#define FINDING_SIZE 16384

static const char *kind_word(enum finding_kind kind) {
  static const char *const words[] = {[FINDING_NOT_SEALED] = "not-sealed",
                                      [FINDING_LOCKED_OUT] = "locked-out",
                                      [FINDING_UNKNOWN] = "unknown",
                                      [FINDING_CONFIGURATION] = "configuration",
                                      [FINDING_WARNING] = "warning"};
  return words[kind];
}

void finding_put(struct bg_json *json, const struct policy_problem *problem) {
  bg_json_object(json, NULL);
  bg_json_text(json, "kind", kind_word(problem->kind));
  bg_json_text(json, "file", problem->file);
  if (problem->line > 0) {
    bg_json_int(json, "line", problem->line);
  } else {
    bg_json_null(json, "line");
  }
  bg_json_text(json, "text", problem->text);
  bg_json_end_object(json);
}

json_t *finding_object(const struct policy_problem *problem) {
  uint8_t storage[FINDING_SIZE];
  struct bg_buf buf = BG_BUF(storage);
  struct bg_json json = bg_json_writer(&buf);
  finding_put(&json, problem);
  return json_read(bg_buf_view(&buf));
}
