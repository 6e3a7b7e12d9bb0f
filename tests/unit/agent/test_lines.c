/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines out of a pipe, and which of them are events. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "breakglass/json_read.h"

#include "worker/event.h"
#include "worker/lines.h"

#define EVENT(id)                                                                                  \
  "{\"specversion\":\"1.0\",\"id\":\"" id "\",\"source\":\"urn:x\",\"type\":\"t\",\"data\":{}}"

static struct lines *fresh(void) {
  static struct lines lines;
  memset(&lines, 0, sizeof lines);
  return &lines;
}

/* In the pieces in which a pipe may bring it. */
static void feed(struct lines *lines, const char *data, size_t len) {
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  assert_int_equal(write(ends[1], data, len), len);
  (void)close(ends[1]);
  lines_read(lines, ends[0]);
  (void)close(ends[0]);
}

static void end(struct lines *lines) {
  feed(lines, "", 0);
  assert_true(lines->ended);
}

static void assert_line(struct lines *lines, const char *expected) {
  struct bg_bytes line;
  assert_int_equal(lines_next(lines, &line), LINE_WHOLE);
  assert_true(bg_bytes_is(line, expected));
}

static void assert_kind(struct lines *lines, enum line kind) {
  struct bg_bytes line;
  assert_int_equal(lines_next(lines, &line), kind);
}

static void lines_come_whole_however_they_are_cut(void **state) {
  static const char text[] = "first\n\nthird\n";
  struct lines *lines = fresh();
  (void)state;
  feed(lines, text, strlen(text));
  assert_line(lines, "first\n");
  assert_line(lines, "\n");
  assert_line(lines, "third\n");
  assert_kind(lines, LINE_NONE);
  for (size_t i = 0; i < strlen(text) - 1; i++) {
    feed(lines, text + i, 1);
    if (text[i] != '\n') {
      assert_kind(lines, LINE_NONE);
    } else {
      assert_line(lines, i == 5 ? "first\n" : "\n");
    }
  }
  feed(lines, "\n", 1);
  assert_line(lines, "third\n");
  end(lines);
  assert_kind(lines, LINE_NONE);
}

static void one_without_its_end_is_broken(void **state) {
  struct lines *lines = fresh();
  (void)state;
  feed(lines, EVENT("a"), strlen(EVENT("a")));
  assert_kind(lines, LINE_NONE);
  end(lines);
  assert_kind(lines, LINE_BROKEN);
  assert_kind(lines, LINE_NONE);
}

static void the_longest_is_taken_and_one_byte_more_is_not(void **state) {
  static char text[LINE_MAX_BYTES + 8];
  struct lines *lines = fresh();
  (void)state;
  memset(text, 'x', sizeof text);
  text[LINE_MAX_BYTES - 1] = '\n';
  feed(lines, text, LINE_MAX_BYTES);
  struct bg_bytes line;
  assert_int_equal(lines_next(lines, &line), LINE_WHOLE);
  assert_int_equal(line.len, LINE_MAX_BYTES);
  text[LINE_MAX_BYTES - 1] = 'x';
  text[LINE_MAX_BYTES] = '\n';
  (void)snprintf(text + LINE_MAX_BYTES + 1, 6, "next\n");
  feed(lines, text, LINE_MAX_BYTES + 6);
  assert_kind(lines, LINE_BROKEN);
  assert_line(lines, "next\n");
}

static void of_an_endless_one_the_rest_is_passed_over(void **state) {
  static char text[10000];
  struct lines *lines = fresh();
  unsigned broken = 0;
  (void)state;
  memset(text, 'x', sizeof text);
  for (int i = 0; i < 50; i++) {
    struct bg_bytes line;
    feed(lines, text, sizeof text);
    enum line kind = lines_next(lines, &line);
    broken += kind == LINE_BROKEN;
    assert_int_not_equal(kind, LINE_WHOLE);
  }
  assert_int_equal(broken, 1);
  feed(lines, "tail\nnext\n", 10);
  assert_line(lines, "next\n");
  feed(lines, text, sizeof text);
  assert_kind(lines, LINE_BROKEN);
  end(lines);
  assert_kind(lines, LINE_NONE); /* it was told already */
}

static void a_pipe_that_fails_has_ended(void **state) {
  struct lines *lines = fresh();
  (void)state;
  lines_read(lines, -1);
  assert_true(lines->ended);
}

static bool is_event(const char *text) {
  char id[WORKER_ID_SIZE] = "untouched";
  bool taken = worker_event_read(bg_bytes_of(text), id);
  assert_true(taken || strcmp(id, "untouched") == 0);
  return taken;
}

static void the_id_is_read(void **state) {
  char id[WORKER_ID_SIZE] = "";
  (void)state;
  assert_true(worker_event_read(bg_bytes_of(EVENT("0123456789abcdef") "\n"), id));
  assert_string_equal(id, "0123456789abcdef");
  assert_true(is_event(EVENT("1234567890123456789012345678901234567890123456789012345678901234")));
}

static void what_is_no_event_is_none(void **state) {
  static const char *const bad[] = {
      "",
      "\n",
      "{",
      "{}",
      "[]",
      "null",
      "\"id\"",
      EVENT("a") EVENT("b"),
      EVENT("a") "x",
      EVENT(""),
      EVENT("a b"),
      EVENT("a\\r\\nX-Header: y"), /* it goes into headers */
      EVENT("a\\u0000"),
      EVENT("\xC3\xA4"),
      EVENT("\xFF"),
      EVENT("12345678901234567890123456789012345678901234567890123456789012345"), /* 65 */
      "{\"specversion\":\"1.0\",\"id\":1,\"source\":\"x\",\"type\":\"t\"}",
      "{\"specversion\":\"0.3\",\"id\":\"a\",\"source\":\"x\",\"type\":\"t\"}",
      "{\"specversion\":\"1.0\",\"id\":\"a\",\"type\":\"t\"}",
      "{\"specversion\":\"1.0\",\"id\":\"a\",\"source\":\"x\\u001b\",\"type\":\"t\"}",
      "{\"specversion\":\"1.0\",\"id\":\"a\",\"source\":\"x\",\"type\":\"\"}",
      "{\"specversion\":\"1.0\",\"id\":\"a\",\"id\":\"b\",\"source\":\"x\",\"type\":\"t\"}",
  };
  (void)state;
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    if (is_event(bad[i])) {
      fail_msg("taken: %s", bad[i]);
    }
  }
}

static void a_nul_makes_it_none(void **state) {
  char id[WORKER_ID_SIZE];
  (void)state;
  static const char behind[] = EVENT("a") "\0\n";
  static const char within[] =
      "{\"specversion\":\"1.0\",\0\"id\":\"a\",\"source\":\"x\",\"type\":\"t\"}";
  static const char in_text[] =
      "{\"specversion\":\"1.0\",\"id\":\"a\0\",\"source\":\"x\",\"type\":\"t\"}";
  assert_false(worker_event_read(bg_bytes(behind, sizeof behind - 1), id));
  assert_false(worker_event_read(bg_bytes(within, sizeof within - 1), id));
  assert_false(worker_event_read(bg_bytes(in_text, sizeof in_text - 1), id));
}

/* All that the heap still has, down to the smallest pieces. */
static void use_up(size_t size) {
  static void *volatile piece; /* nobody frees it */
  for (; size > 0; size /= 2) {
    do {
      piece = malloc(size);
    } while (piece != NULL);
  }
}

/* The child says of an event that it is none only if it knows. */
static void without_memory_it_ends(void **state) {
  (void)state;
  const pid_t child = fork();
  assert_int_not_equal(child, -1);
  if (child == 0) {
    const struct rlimit none = {0};
    json_end_without_memory();
    (void)!setrlimit(RLIMIT_AS, &none);
    use_up(1 << 16);
    (void)is_event(EVENT("a"));
    _exit(99);
  }
  int status = 0;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status));
  assert_int_equal(WEXITSTATUS(status), EXIT_FAILURE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lines_come_whole_however_they_are_cut),
      cmocka_unit_test(one_without_its_end_is_broken),
      cmocka_unit_test(the_longest_is_taken_and_one_byte_more_is_not),
      cmocka_unit_test(of_an_endless_one_the_rest_is_passed_over),
      cmocka_unit_test(a_pipe_that_fails_has_ended),
      cmocka_unit_test(the_id_is_read),
      cmocka_unit_test(what_is_no_event_is_none),
      cmocka_unit_test(a_nul_makes_it_none),
#ifndef __SANITIZE_ADDRESS__ /* whose memory has no such limit */
      cmocka_unit_test(without_memory_it_ends),
#endif
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
