/* SPDX-License-Identifier: BSD-2-Clause */
/* A body that is read is written, read and written the same; another has a problem that is told. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/ask.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition) {
  if (!condition) {
    abort();
  }
}

static void require_bounds(const struct bg_ask *ask) {
  require((ask->host_count > 0) == (ask->group[0] == '\0') && ask->host_count <= BG_SCOPES_MAX);
  require(ask->console == (ask->holder_line[0] == '\0') && ask->source_count <= BG_SCOPES_MAX);
  require(ask->window >= BG_ASK_WINDOW_MIN && ask->window <= BG_ASK_WINDOW_MAX);
  require(ask->longest >= BG_ASK_LONGEST_MIN && ask->longest <= BG_ASK_LONGEST_MAX);
  require(bg_text_is_clean(bg_bytes_of(ask->reason)) && ask->reason[0] != '\0');
  require(bg_text_is_clean(bg_bytes_of(ask->login)) && ask->login[0] != '\0');
  require(bg_text_is_clean(bg_bytes_of(ask->holder_line)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static struct bg_ask ask;
  uint8_t first_bytes[BG_ASK_BODY_MAX];
  uint8_t second_bytes[BG_ASK_BODY_MAX];
  struct bg_buf first = BG_BUF(first_bytes);
  struct bg_buf second = BG_BUF(second_bytes);
  struct bg_ask_problem problem = {""};
  if (sodium_init() < 0) {
    return 0;
  }
  enum bg_error err = bg_ask_parse(bg_bytes(data, size), &ask, &problem);
  if (err != BG_OK) {
    require((err == BG_ERR_SYNTAX || err == BG_ERR_RANGE) && problem.text[0] != '\0');
    return 0;
  }
  require(problem.text[0] == '\0');
  require_bounds(&ask);
  require(bg_ask_write(&ask, &first) == BG_OK);
  require(bg_ask_parse(bg_buf_view(&first), &ask, &problem) == BG_OK);
  require(bg_ask_write(&ask, &second) == BG_OK);
  require(bg_bytes_equal(bg_buf_view(&first), bg_buf_view(&second)));
  return 0;
}
