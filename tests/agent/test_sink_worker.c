/* SPDX-License-Identifier: BSD-2-Clause */
/* A sink's worker that is slow, lies, floods, or ends at any moment. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../agent/sink.h"
#include "breakglass/host_clock.h"
#include "test_paths.h"

#define LINE_SIZE 8000
#define PROGRAM "/worker"

static char lines[SINK_WINDOW_MAX][LINE_SIZE];
static struct event_view views[SINK_WINDOW_MAX];
static char program[600];
static char reason[SINK_REASON_SIZE];
static struct sink sink;

static int set_up(void **state) {
  (void)state;
  (void)snprintf(program, sizeof program, "%s" PROGRAM, test_root_create());
  for (size_t i = 0; i < SINK_WINDOW_MAX; i++) {
    memset(lines[i], 'a' + (int)(i % 26), LINE_SIZE);
    lines[i][LINE_SIZE - 1] = '\n';
    views[i] = (struct event_view){.line = bg_bytes(lines[i], LINE_SIZE)};
  }
  return sink_worker_open("worker", program, &sink) == BG_OK ? 0 : -1;
}

/* And it leaves nobody behind. */
static int tear_down(void **state) {
  (void)state;
  sink_close(&sink);
  test_root_remove();
  return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD ? 0 : -1;
}

static void worker_is(const char *script) {
  char text[2048];
  (void)snprintf(text, sizeof text, "#!/bin/bash\n%s\n", script);
  test_root_write(PROGRAM, text);
  assert_int_equal(chmod(program, 0755), 0);
}

static const char *below(const char *path) {
  static char full[640];
  (void)snprintf(full, sizeof full, "%s%s", getenv("BREAKGLASS_TEST_ROOT"), path);
  return full;
}

static size_t deliver(size_t count) {
  reason[0] = '\0';
  return sink.deliver(&sink, views, count, -1, reason);
}

static void each_event_reaches_it_whole(void **state) {
  (void)state;
  worker_is("while read -r line; do printf '%s\\n' \"$line\" >>\"${0%/*}\"/got; echo ok; done");
  assert_int_equal(deliver(SINK_WINDOW_MAX), SINK_WINDOW_MAX); /* more than a pipe holds */
  struct stat st;
  assert_int_equal(stat(below("/got"), &st), 0);
  assert_int_equal(st.st_size, SINK_WINDOW_MAX * LINE_SIZE);
  assert_int_equal(deliver(1), 1); /* by the same one */
}

/* A pipe holds eight of them. */
static void what_was_not_sent_is_not_acknowledged(void **state) {
  (void)state;
  worker_is("read -r a; for i in {1..64}; do echo ok; done; sleep 5");
  assert_in_range(deliver(SINK_WINDOW_MAX), 1, 16);
  assert_string_equal(reason, "its worker answers nonsense");
}

static void one_that_talks_unasked_is_replaced(void **state) {
  (void)state;
  worker_is("read -r a; echo ok; echo ok; sleep 5");
  assert_int_equal(deliver(1), 1);
  assert_int_equal(deliver(1), 1);
  assert_int_equal(deliver(1), 1);
}

static void what_failed_is_told_and_a_new_one_goes_on(void **state) {
  (void)state;
  worker_is("f=${0%/*}/seen; read -r a; echo ok; read -r a; echo ok\n"
            "[ -e $f ] || { : >$f; echo failed no such host; exit 1; }; read -r a; echo ok");
  assert_int_equal(deliver(3), 2);
  assert_string_equal(reason, "no such host");
  assert_int_equal(deliver(3), 3);
}

static void one_that_ends_in_between_has_what_it_said(void **state) {
  (void)state;
  worker_is("read -r a; echo ok; printf o");
  assert_int_equal(deliver(3), 1);
  assert_string_equal(reason, "its worker has ended");
}

static void one_that_was_idle_and_ended_is_replaced(void **state) {
  (void)state;
  worker_is("read -r a; echo ok");
  for (int i = 0; i < 20; i++) {
    assert_int_equal(deliver(1), 1);
  }
}

static size_t told;

static void on_taken(void *context, size_t taken) {
  assert_ptr_equal(context, &told);
  assert_in_range(taken, told + 1, 3);
  told = taken;
  test_root_write("/go", "");
}

static void deliver_three_telling(void) {
  told = 0;
  sink.on_taken = on_taken;
  sink.on_taken_context = &told;
  assert_int_equal(deliver(3), 3);
  assert_int_equal(told, 3);
}

/* The worker answers the others only once somebody was told of the first. */
static void what_is_taken_is_told_at_once(void **state) {
  (void)state;
  worker_is("read -r a; echo ok; for i in {1..50}; do [ -e ${0%/*}/go ] && break; sleep 0.1; done\n"
            "[ -e ${0%/*}/go ] || exit 1; read -r a; echo ok; read -r a; echo ok");
  deliver_three_telling();
}

/* Nothing will ever make an event of it: those behind it go to a worker of their own. */
static void what_is_no_event_is_passed_over(void **state) {
  (void)state;
  worker_is("while read -r line; do case $line in b*) echo none; exit 1;; esac\n"
            "printf %.1s \"$line\" >>${0%/*}/got; echo ok; done");
  deliver_three_telling();
  assert_int_equal(sink.odd, 1);
  FILE *file = fopen(below("/got"), "r");
  char got[8] = "";
  assert_non_null(file);
  assert_non_null(fgets(got, sizeof got, file));
  assert_int_equal(fclose(file), 0);
  assert_string_equal(got, "ac");
}

static void the_last_one_may_be_none(void **state) {
  (void)state;
  worker_is("read -r a; echo ok; read -r a; echo none; exit 1");
  assert_int_equal(deliver(2), 2);
  assert_int_equal(sink.odd, 1);
  assert_int_equal(deliver(1), 1);
}

/* Whatever a receiver says. */
static void a_reason_takes_nothing(void **state) {
  (void)state;
  worker_is("read -r a; echo failed none; exit 1");
  assert_int_equal(deliver(2), 0);
  worker_is("read -r a; echo failed not an event; exit 1");
  assert_int_equal(deliver(2), 0);
  assert_int_equal(sink.odd, 0);
}

/* But not for ever. */
static void one_that_says_nothing_and_ends_has_failed(void **state) {
  (void)state;
  worker_is("exit 0");
  assert_int_equal(deliver(1), 0);
  assert_string_equal(reason, "its worker has ended");
}

static void nonsense_is_no_acknowledgement(void **state) {
  static const char *const scripts[] = {"echo okay; sleep 5",
                                        "echo; sleep 5",
                                        "printf 'ok\\0\\n'; printf 'o\\n'; sleep 5",
                                        "echo OK; sleep 5",
                                        "printf 'failed a\\033[2Jb\\n'; sleep 5",
                                        "yes | tr -d '\\n'",
                                        "head -c 4000 /dev/zero; sleep 5"};
  (void)state;
  for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
    worker_is(scripts[i]);
    assert_in_range(deliver(2), 0, 1);
    assert_string_equal(reason, "its worker answers nonsense");
  }
}

static void an_answer_in_pieces_is_one(void **state) {
  (void)state;
  worker_is(
      "read -r a; printf o; sleep 0.1; printf k; sleep 0.1; echo; read -r a; printf 'ok\\nfa';\n"
      "sleep 0.1; echo iled x y; sleep 5");
  assert_int_equal(deliver(3), 2);
  assert_string_equal(reason, "x y");
}

static void it_is_not_waited_for_at_the_end(void **state) {
  (void)state;
  worker_is("sleep 60");
  int cancel = eventfd(1, EFD_CLOEXEC);
  const int64_t begin = bg_clock_boottime();
  assert_int_equal(sink.deliver(&sink, views, 1, cancel, reason), 0);
  assert_in_range(bg_clock_boottime() - begin, 0, 3);
  assert_int_equal(close(cancel), 0);
}

static void at_rest_it_has_ended(void **state) {
  (void)state;
  worker_is("while read -r line; do echo ok; done; : >${0%/*}/ended");
  assert_int_equal(deliver(2), 2);
  sink.rest(&sink);
  assert_int_equal(access(below("/ended"), F_OK), 0);
  sink.rest(&sink);
  assert_int_equal(deliver(2), 2);
}

static void one_that_does_not_start_is_told(void **state) {
  (void)state;
  assert_int_equal(deliver(1), 0);
  assert_non_null(strstr(reason, "does not start: No such file"));
}

static void a_check_says_what_it_says(void **state) {
  (void)state;
  worker_is("[ \"$1\" = --check ] || exit 3; echo ok");
  assert_true(sink.check(&sink, reason));
  worker_is("echo no such host; exit 1");
  assert_false(sink.check(&sink, reason));
  assert_string_equal(reason, "no such host");
  worker_is("exit 0");
  assert_false(sink.check(&sink, reason));
  assert_non_null(strstr(reason, "does not say"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(each_event_reaches_it_whole),
      TEST(what_was_not_sent_is_not_acknowledged),
      TEST(one_that_talks_unasked_is_replaced),
      TEST(what_failed_is_told_and_a_new_one_goes_on),
      TEST(one_that_ends_in_between_has_what_it_said),
      TEST(one_that_was_idle_and_ended_is_replaced),
      TEST(what_is_taken_is_told_at_once),
      TEST(what_is_no_event_is_passed_over),
      TEST(the_last_one_may_be_none),
      TEST(a_reason_takes_nothing),
      TEST(one_that_says_nothing_and_ends_has_failed),
      TEST(nonsense_is_no_acknowledgement),
      TEST(an_answer_in_pieces_is_one),
      TEST(it_is_not_waited_for_at_the_end),
      TEST(at_rest_it_has_ended),
      TEST(one_that_does_not_start_is_told),
      TEST(a_check_says_what_it_says),
  };
  (void)signal(SIGPIPE, SIG_IGN);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
