/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "breakglass/json_write.h"

static void assert_same_as_jansson(json_t *value) {
  char *theirs = json_dumps(value, JSON_COMPACT);
  char *ours = json_write(value);
  assert_non_null(ours);
  assert_string_equal(ours, theirs);
  free(ours);
  free(theirs);
  json_decref(value);
}

static void test_writes_what_jansson_writes(void **state) {
  (void)state;
  assert_same_as_jansson(json_object());
  assert_same_as_jansson(json_array());
  assert_same_as_jansson(json_pack("{s:s, s:s?, s:I, s:I, s:b, s:b, s:n, s:[s, i, {s:[]}], s:{}}",
                                   "text", "plain/text", "none", NULL, "least", INT64_MIN, "most",
                                   INT64_MAX, "yes", 1, "no", 0, "null", "mixed", "a", -7, "empty",
                                   "object"));
  assert_same_as_jansson(json_pack("{s:s}", "k\"\\\n", "q\" b\\ n\n r\r t\t \x01 \x7f"));
  assert_same_as_jansson(json_pack("[s]", "\xC3\xBC \xE2\x82\xAC \xF0\x9F\x94\x91"));
}

static json_t *text_of_length(size_t len) {
  char *text = malloc(len + 1);
  memset(text, 'x', len);
  text[len] = '\0';
  json_t *value = json_pack("[s]", text);
  free(text);
  return value;
}

static void test_long_documents(void **state) {
  (void)state;
  for (size_t len = 4080; len < 4104; len++) { /* around where it takes more memory */
    assert_same_as_jansson(text_of_length(len));
  }
  assert_same_as_jansson(text_of_length(JSON_TEXT_MAX - 5));
  json_t *too_long = text_of_length(JSON_TEXT_MAX - 4);
  assert_null(json_write(too_long));
  json_decref(too_long);
}

static void test_what_it_does_not_write(void **state) {
  (void)state;
  json_t *real = json_pack("[f]", 1.5);
  json_t *deep = json_pack("[[[[[[[[[]]]]]]]]]");
  assert_null(json_write(NULL));
  assert_null(json_write(real));
  assert_non_null(deep);
  assert_null(json_write(deep));
  json_decref(real);
  json_decref(deep);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_writes_what_jansson_writes),
      cmocka_unit_test(test_long_documents),
      cmocka_unit_test(test_what_it_does_not_write),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
