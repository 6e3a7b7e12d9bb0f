/* SPDX-License-Identifier: BSD-2-Clause */
/* Writers that are killed at any moment: what they have said is committed is there, and the chain
 * is whole. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ledger_test.h"

#define WRITERS_MAX 2
#define LIFE_MS 30 /* of a writer, at most, from its first word on */
#define STEPS 3    /* of a transaction */
#define ENTRIES_MAX 1000000

struct writer {
  pid_t pid;
  int pipe; /* the newest number after each commit */
};

static struct {
  const char *spec;
  unsigned writers;
  unsigned kills;
  bool told[ENTRIES_MAX];
  bool there[ENTRIES_MAX];
  size_t told_count;
} run;

/* The writer's own: no assertion of the parent's may be reached here. */
static bool write_once(struct ledger *ledger, int64_t *ret_number) {
  uint8_t hash[LEDGER_HASH_SIZE];
  bool good = ledger_begin(ledger) == BG_OK;
  for (int i = 0; good && i < STEPS; i++) {
    uint8_t nonce[16];
    static const uint8_t key[32] = {1};
    randombytes_buf(nonce, sizeof nonce);
    good = ledger_step_begin(ledger) == BG_OK && ledger_nonce_add(ledger, key, nonce, 1) == BG_OK &&
           ledger_append(ledger, 1, "issue", bg_bytes_of("\"a\":1")) == BG_OK &&
           ledger_step_keep(ledger) == BG_OK;
  }
  return good && ledger_head(ledger, ret_number, hash) == BG_OK && ledger_commit(ledger) == BG_OK;
}

static _Noreturn void write_until_killed(int out) {
  struct ledger *ledger = NULL;
  int64_t number = 0;
  if (ledger_open(run.spec, &ledger) != BG_OK) {
    _exit(1);
  }
  while (write_once(ledger, &number) && write(out, &number, sizeof number) == sizeof number) {
  }
  _exit(1);
}

static struct writer start(void) {
  int ends[2];
  assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
  struct writer writer = {.pid = fork(), .pipe = ends[0]};
  assert_true(writer.pid >= 0);
  if (writer.pid == 0) {
    (void)close(ends[0]);
    write_until_killed(ends[1]);
  }
  (void)close(ends[1]);
  return writer;
}

static void note(int64_t newest) {
  assert_true(newest >= STEPS && newest < ENTRIES_MAX);
  for (int64_t i = newest - STEPS + 1; i <= newest; i++) {
    run.told[i] = true;
  }
  run.told_count++;
}

static void sleep_at_random(void) {
  const struct timespec pause = {.tv_nsec = (long)randombytes_uniform(LIFE_MS * 1000) * 1000};
  (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
}

/* Whatever it has said before it died counts. */
static void kill_one(const struct writer *writer) {
  int64_t number = 0;
  int status = 0;
  if (read(writer->pipe, &number, sizeof number) == sizeof number) {
    note(number);
  }
  sleep_at_random();
  assert_int_equal(kill(writer->pid, SIGKILL), 0);
  assert_int_equal(waitpid(writer->pid, &status, 0), writer->pid);
  while (read(writer->pipe, &number, sizeof number) == sizeof number) {
    note(number);
  }
  (void)close(writer->pipe);
  if (!WIFSIGNALED(status)) {
    fail_msg("a writer gave up");
  }
}

static bool note_line(void *context, int64_t number, struct bg_bytes line) {
  (void)context;
  (void)line;
  run.there[number] = true;
  return number < ENTRIES_MAX - 1;
}

static void assert_nothing_is_lost(void) {
  struct ledger *ledger = test_open(run.spec);
  int64_t last = test_assert_chain(ledger);
  assert_int_equal(ledger_entries(ledger, 1, SIZE_MAX, note_line, NULL), BG_OK);
  for (size_t i = 0; i < ENTRIES_MAX; i++) {
    if (run.told[i] && !run.there[i]) {
      fail_msg("entry %zu was committed and is not there", i);
    }
  }
  assert_int_equal(last % STEPS, 0); /* all of a transaction, or nothing */
  assert_true(run.told_count >= run.kills / 2);
  ledger_close(ledger);
}

/* One is killed while the others write; a new one takes its place. */
static void what_was_committed_is_there(void **state) {
  (void)state;
  struct writer writers[WRITERS_MAX] = {0};
  ledger_close(test_open(run.spec));
  for (unsigned i = 0; i < run.writers; i++) {
    writers[i] = start();
  }
  unsigned turn = 0;
  for (unsigned i = 0; i < run.kills; i++) {
    struct writer *next = &writers[turn];
    turn = turn + 1 < run.writers ? turn + 1 : 0;
    kill_one(next);
    *next = start();
  }
  for (unsigned i = 0; i < run.writers; i++) {
    kill_one(&writers[i]);
  }
  assert_nothing_is_lost();
}

int check_kills(test_new_store *new_store, unsigned writers, unsigned kills) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(what_was_committed_is_there)};
  const char *asked = getenv("LEDGER_KILLS");
  run.spec = new_store();
  run.writers = writers;
  run.kills = asked != NULL ? (unsigned)strtoul(asked, NULL, 10) : kills;
  return cmocka_run_group_tests_name("kills", tests, NULL, NULL);
}
