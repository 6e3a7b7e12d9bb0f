/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "finding_json.h"

#include <ctype.h>

#include "breakglass/json_read.h"

/* Each byte of the longest finding can become six. */
#define FINDING_SIZE 16384

#define WORD_SIZE 32

/* The name that people see, as programs like a word. */
static void kind_word(enum finding_kind kind, char ret_word[static WORD_SIZE]) {
  bg_text_fit(WORD_SIZE, ret_word, finding_kind_name(kind));
  for (char *at = ret_word; *at != '\0'; at++) {
    *at = *at == ' ' ? '-' : (char)tolower((unsigned char)*at);
  }
}

void finding_put(struct bg_json *json, const struct policy_problem *problem) {
  char word[WORD_SIZE];
  kind_word(problem->kind, word);
  bg_json_object(json, NULL);
  bg_json_text(json, "kind", word);
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
