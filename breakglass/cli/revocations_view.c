/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "revocations_view.h"

#include <stdio.h>

#include "breakglass/json_read.h"
#include "breakglass/text.h"
#include "paragraph.h"
#include "revocations_look.h"

#define NAME_COLUMNS 7
#define LINE_SIZE 1024

static const char *problem_of(enum bg_error err) {
  const char *code = bg_refusal_code(err);
  return err == BG_ERR_NOT_FOUND ? NULL : code != NULL ? code : bg_strerror(err);
}

json_t *revocations_view_read(void) {
  struct revocations_look look;
  char issued[BG_TIME_TEXT_SIZE];
  char expires[BG_TIME_TEXT_SIZE];
  enum bg_error err = revocations_look(&look);
  if (err != BG_OK) {
    return json_pack("{s:n, s:n, s:n, s:n, s:n, s:s?}", "issuer", "number", "issued", "expires",
                     "current", "problem", problem_of(err));
  }
  bg_format_time(look.issued_at, issued);
  bg_format_time(look.expires, expires);
  return json_pack("{s:s, s:I, s:s, s:s, s:b, s:n}", "issuer", look.issuer, "number",
                   (json_int_t)look.number, "issued", issued, "expires", expires, "current",
                   look.is_current, "problem");
}

static void print_list(const json_t *list) {
  const char *issuer = json_text_of(list, "issuer");
  const char *problem = json_text_of(list, "problem");
  if (issuer == NULL) {
    printf("revoked:  the host has no list%s%s\n", problem != NULL ? " that counts: " : "",
           problem != NULL ? problem : "");
    return;
  }
  const bool is_current = json_is_true(json_object_get(list, "current"));
  printf("revoked:  list %lld of %s, made %s, %s %s\n",
         (long long)json_integer_value(json_object_get(list, "number")), issuer,
         json_text_of(list, "issued"), is_current ? "good until" : "NOT OF NOW: good until",
         json_text_of(list, "expires"));
}

static void print_fetching(const json_t *fetching) {
  char text[LINE_SIZE] = "";
  struct bg_buf buf = {.data = (uint8_t *)text, .cap = sizeof text - 1};
  const char *fetched = json_text_of(fetching, "fetched");
  const char *since = json_text_of(fetching, "failing_since");
  const char *error = json_text_of(fetching, "error");
  bg_buf_printf(&buf, "%s%s", fetched != NULL ? "fetched " : "not fetched yet",
                fetched != NULL ? fetched : "");
  if (error != NULL) {
    bg_buf_printf(&buf, ", failing since %s: %s", since != NULL ? since : "unknown", error);
  }
  print_paragraph(stdout, NAME_COLUMNS, "", text);
}

void revocations_view_print(const json_t *list, const json_t *fetching) {
  print_list(list);
  if (json_is_object(fetching)) {
    print_fetching(fetching);
  }
}
