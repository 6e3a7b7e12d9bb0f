/* SPDX-License-Identifier: BSD-2-Clause */
/* A worker between its pipes, with a sink that is played: what it answers, in which order, and when
 * it ends. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "worker/worker.h"

#define EVENT(id)                                                                                  \
  "{\"specversion\":\"1.0\",\"id\":\"" id "\",\"source\":\"urn:x\",\"type\":\"t\"}\n"

/* What the played sink does is said by the id: "slow…" is acknowledged by another thread, later
 * than all others of its window; "late…" never; "bad…" is refused; "hang…" hangs, "refused…" is
 * refused by another thread; anything else is taken. */
struct played {
  pthread_mutex_t lock;
  struct worker *worker;
  size_t waiting[WORKER_QUEUE], count; /* slots to be acknowledged, the latest first */
};

static bool begins(const char *id, const char *word) {
  return strncmp(id, word, strlen(word)) == 0;
}

static void *acknowledge_backwards(void *context) {
  struct played *played = context;
  (void)usleep(200000); /* until all of them are there */
  (void)pthread_mutex_lock(&played->lock);
  while (played->count > 0) {
    worker_acknowledge(played->worker, played->waiting[--played->count]);
    (void)usleep(1000);
  }
  (void)pthread_mutex_unlock(&played->lock);
  return NULL;
}

static void acknowledge_later(struct played *played, size_t slot) {
  pthread_t thread;
  (void)pthread_mutex_lock(&played->lock);
  played->waiting[played->count++] = slot;
  if (played->count == 1 && (pthread_create(&thread, NULL, acknowledge_backwards, played) != 0 ||
                             pthread_detach(thread) != 0)) {
    _exit(99);
  }
  (void)pthread_mutex_unlock(&played->lock);
}

static enum worker_sent play(void *own, struct worker *worker, const struct worker_event *event,
                             char ret_reason[static WORKER_REASON_SIZE]) {
  struct played *played = own;
  if (played->worker == NULL) {
    played->worker = worker;
  }
  (void)fprintf(stderr, "%s ", event->id);
  if (begins(event->id, "bad")) {
    bg_text_fit(WORKER_REASON_SIZE, ret_reason, "no\nnew line, no \xC3\xA4");
    return WORKER_FAILED;
  }
  if (begins(event->id, "connect")) {
    worker_connecting(worker, true);
  }
  if (begins(event->id, "connect") || begins(event->id, "hang")) {
    (void)pause();
  }
  if (begins(event->id, "refused")) {
    worker_refuse(worker, event->slot, "taken back");
    return WORKER_SENT;
  }
  if (begins(event->id, "slow")) {
    acknowledge_later(played, event->slot);
  }
  return begins(event->id, "slow") || begins(event->id, "late") ? WORKER_SENT : WORKER_ACKNOWLEDGED;
}

struct run { /* of a worker in a process of its own */
  pid_t pid;
  int input, output;
  char answers[16384];
  char sent[4096]; /* the ids, each with a blank behind it */
  int sent_file;
  int code; /* -1: ended by a signal */
};

static void start(struct run *run, size_t window) {
  int input[2], output[2];
  FILE *sent = tmpfile();
  *run = (struct run){0};
  assert_non_null(sent);
  run->sent_file = fileno(sent); /* open until the end of the test */
  assert_int_equal(pipe(input) | pipe(output), 0);
  run->pid = fork();
  assert_true(run->pid >= 0);
  if (run->pid == 0) {
    static struct played played = {.lock = PTHREAD_MUTEX_INITIALIZER};
    const struct worker_sink sink = {.window = window, .send = play, .own = &played};
    (void)dup2(input[0], 0);
    (void)dup2(output[1], 1);
    (void)dup2(run->sent_file, 2);
    (void)setvbuf(stderr, NULL, _IONBF, 0);
    for (int fd = 3; fd < 64; fd++) {
      (void)close(fd);
    }
    (void)signal(SIGPIPE, SIG_IGN);
    worker_run(&sink);
  }
  (void)close(input[0]);
  (void)close(output[1]);
  run->input = input[1];
  run->output = output[0];
}

static void hand(struct run *run, const char *text) {
  assert_int_equal(write(run->input, text, strlen(text)), strlen(text));
}

/* Until that many lines have come. */
static void expect_lines(struct run *run, size_t lines) {
  size_t len = strlen(run->answers);
  size_t seen = 0;
  for (size_t i = 0; i < len; i++) {
    seen += run->answers[i] == '\n';
  }
  while (seen < lines) {
    assert_int_equal(read(run->output, run->answers + len, 1), 1);
    seen += run->answers[len++] == '\n';
  }
}

static void finish(struct run *run) {
  int status;
  size_t len = strlen(run->answers);
  ssize_t got;
  if (run->input >= 0) {
    (void)close(run->input);
  }
  while ((got = read(run->output, run->answers + len, sizeof run->answers - 1 - len)) > 0) {
    len += (size_t)got;
  }
  (void)close(run->output);
  assert_int_equal(waitpid(run->pid, &status, 0), run->pid);
  run->code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  got = pread(run->sent_file, run->sent, sizeof run->sent - 1, 0);
  assert_true(got >= 0);
  run->sent[got] = '\0';
}

static void run_all(struct run *run, size_t window, const char *text) {
  start(run, window);
  hand(run, text);
  finish(run);
}

static void each_is_answered_and_the_end_is_clean(void **state) {
  static struct run run;
  (void)state;
  run_all(&run, 1, EVENT("a") EVENT("b") EVENT("c"));
  assert_string_equal(run.answers, "ok\nok\nok\n");
  assert_string_equal(run.sent, "a b c ");
  assert_int_equal(run.code, WORKER_DONE);
  run_all(&run, 1, "");
  assert_string_equal(run.answers, "");
  assert_int_equal(run.code, WORKER_DONE);
}

static void nothing_behind_a_failed_one_is_sent(void **state) {
  static struct run run;
  (void)state;
  run_all(&run, 64, EVENT("a") EVENT("bad") EVENT("c") EVENT("d"));
  assert_string_equal(run.answers,
                      "ok\nfailed no?new line, no ??\nfailed not tried\nfailed not tried\n");
  assert_string_equal(run.sent, "a bad ");
  assert_int_equal(run.code, WORKER_BROKEN);
}

static void what_is_no_event_is_said_in_its_turn(void **state) {
  static struct run run;
  (void)state;
  run_all(&run, 64, EVENT("a") "rubbish\n" EVENT("c"));
  assert_string_equal(run.answers, "ok\nnone\nfailed not tried\n");
  assert_int_equal(run.code, WORKER_BROKEN);
  run_all(&run, 64, "\n");
  assert_string_equal(run.answers, "none\n");
  run_all(&run, 64, EVENT("a") "{\"specversion\"");
  assert_string_equal(run.answers, "ok\nnone\n");
  assert_string_equal(run.sent, "a ");
}

/* Those before it are under way for a while yet. */
static void what_is_no_event_waits_for_those_before_it(void **state) {
  static struct run run;
  (void)state;
  run_all(&run, 64, EVENT("a") EVENT("slow1") EVENT("slow2") "rubbish\n");
  assert_string_equal(run.answers, "ok\nok\nok\nnone\n");
}

static void more_than_a_queue_is_taken_bit_by_bit(void **state) {
  static struct run run;
  static char text[200 * sizeof EVENT("0123")];
  char *at = text;
  (void)state;
  for (unsigned i = 0; i < 200; i++) {
    at += sprintf(at, EVENT("%04u"), i);
  }
  run_all(&run, 64, text);
  assert_int_equal(strlen(run.answers), 200 * strlen("ok\n"));
  assert_int_equal(run.code, WORKER_DONE);
}

/* What comes back in another order is answered in the order of the events. */
static void acknowledgements_keep_the_order(void **state) {
  static struct run run;
  (void)state;
  start(&run, 3);
  hand(&run, EVENT("warm1") EVENT("slow1") EVENT("slow2") EVENT("slow3") EVENT("slow4"));
  expect_lines(&run, 5);
  finish(&run);
  assert_string_equal(run.answers, "ok\nok\nok\nok\nok\n");
  assert_string_equal(run.sent, "warm1 slow1 slow2 slow3 slow4 ");
  assert_int_equal(run.code, WORKER_DONE);
}

static void those_sent_behind_a_failed_one_are_told_apart(void **state) {
  static struct run run;
  (void)state;
  run_all(&run, 64, EVENT("aaaaaaaa") EVENT("slow1") EVENT("refused") EVENT("c") EVENT("d"));
  assert_string_equal(run.sent, "aaaaaaaa slow1 refused ");
  assert_string_equal(run.answers,
                      "ok\nok\nfailed taken back\nfailed not tried\nfailed not tried\n");
}

static void a_closed_output_ends_it_whatever_it_does(void **state) {
  static struct run run;
  const time_t begin = time(NULL);
  (void)state;
  start(&run, 1);
  hand(&run, EVENT("hang"));
  (void)usleep(200000);
  (void)close(run.output);
  int status;
  assert_int_equal(waitpid(run.pid, &status, 0), run.pid);
  assert_true(WIFEXITED(status) && WEXITSTATUS(status) == WORKER_BROKEN);
  assert_in_range(time(NULL) - begin, 0, 4); /* and not because it is late */
  (void)close(run.input);
}

/* In each of these the sink is late with one; all at once, since each takes its time. */
static void what_is_late_is_ended_and_what_goes_alone_is_alone(void **state) {
  static const struct {
    const char *events, *sent, *answers;
  } cases[] = {
      {EVENT("a") EVENT("hang") EVENT("c"), "a hang ", "ok\nfailed timed out\nfailed not tried\n"},
      /* the first of a run */
      {EVENT("late0") EVENT("b"), "late0 ", "failed timed out\nfailed not tried\n"},
      /* one that is longer waits for those before it */
      {EVENT("aaaaa") EVENT("late1") EVENT("longer"), "aaaaa late1 ",
       "ok\nfailed timed out\nfailed not tried\n"},
      /* and those behind it wait for it */
      {EVENT("aaaaa") EVENT("lateandlonger") EVENT("b"), "aaaaa lateandlonger ",
       "ok\nfailed timed out\nfailed not tried\n"},
      /* others do not wait, and may be there already */
      {EVENT("aaaaa") EVENT("late1") EVENT("b") EVENT("late2") EVENT("c") "x\n",
       "aaaaa late1 b late2 c ",
       "ok\nfailed timed out\nfailed it is behind one that failed\n"
       "failed it is behind one that failed\nfailed it is behind one that failed\n"
       "failed not tried\n"},
  };
  enum { CASES = sizeof cases / sizeof cases[0] };
  static struct run runs[CASES];
  const time_t begin = time(NULL);
  (void)state;
  for (size_t i = 0; i < CASES; i++) {
    start(&runs[i], 64);
    hand(&runs[i], cases[i].events);
  }
  for (size_t i = 0; i < CASES; i++) {
    finish(&runs[i]);
    assert_string_equal(runs[i].sent, cases[i].sent);
    assert_string_equal(runs[i].answers, cases[i].answers);
    assert_int_equal(runs[i].code, WORKER_BROKEN);
  }
  assert_in_range(time(NULL) - begin, 9, 13);
}

static void connecting_has_half_of_the_time(void **state) {
  static struct run run;
  const time_t begin = time(NULL);
  (void)state;
  run_all(&run, 1, EVENT("connect"));
  assert_string_equal(run.answers, "failed timed out\n");
  assert_in_range(time(NULL) - begin, 4, 7);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_is_answered_and_the_end_is_clean),
      cmocka_unit_test(nothing_behind_a_failed_one_is_sent),
      cmocka_unit_test(what_is_no_event_is_said_in_its_turn),
      cmocka_unit_test(what_is_no_event_waits_for_those_before_it),
      cmocka_unit_test(more_than_a_queue_is_taken_bit_by_bit),
      cmocka_unit_test(acknowledgements_keep_the_order),
      cmocka_unit_test(those_sent_behind_a_failed_one_are_told_apart),
      cmocka_unit_test(a_closed_output_ends_it_whatever_it_does),
      cmocka_unit_test(what_is_late_is_ended_and_what_goes_alone_is_alone),
      cmocka_unit_test(connecting_has_half_of_the_time),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
