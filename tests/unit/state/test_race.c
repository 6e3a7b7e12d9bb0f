/* SPDX-License-Identifier: BSD-2-Clause */
/* Many processes at one instant: each token is accepted once, each event gets a
 * number of its own. RACE_ROUNDS sets the rounds of each size. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sched.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "breakglass/event_store.h"
#include "breakglass/run_state.h"
#include "store_checks.h"
#include "test_state.h"

#define PROCESSES_MAX 32
#define EVENTS_EACH 20
#define ROUNDS 24

/* What the racers of one round share. */
struct round {
  _Atomic int ready; /* how many stand at the start */
  _Atomic int go;
  _Atomic int accepted;
  _Atomic int refused;
  uint8_t id[BG_TOKEN_ID_SIZE];
};

static void wait_at_start(struct round *round) {
  round->ready++;
  while (round->go == 0) {
    (void)sched_yield();
  }
}

static void race_for(struct round *round, const uint8_t *id) {
  wait_at_start(round);
  enum bg_error err = bg_spent_consume(id);
  round->accepted += err == BG_OK;
  round->refused += err == BG_REFUSED_ALREADY_USED;
}

static void same_token(struct round *round, int racer) {
  (void)racer;
  race_for(round, round->id);
}

static void own_token(struct round *round, int racer) {
  uint8_t id[BG_TOKEN_ID_SIZE];
  memcpy(id, round->id, sizeof id);
  id[0] = (uint8_t)racer;
  race_for(round, id);
}

static void own_events(struct round *round, int racer) {
  wait_at_start(round);
  for (int i = 0; i < EVENTS_EACH; i++) {
    const struct bg_session session = test_session((uint8_t)(racer + 1));
    (void)test_record(&session);
    round->accepted++;
  }
}

static void first_prepare(struct round *round, int racer) {
  int64_t epoch = -1;
  wait_at_start(round);
  round->accepted += bg_run_state_prepare(1000000 + racer, &epoch) == BG_OK;
  round->refused += (int)epoch; /* summed up: all must have read the same */
}

static void start(struct round *round, int racers, void (*run)(struct round *, int)) {
  for (int i = 0; i < racers; i++) {
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
      run(round, i);
      _exit(0);
    }
  }
  while (round->ready < racers) {
    (void)sched_yield();
  }
  round->go = 1;
  for (int i = 0; i < racers; i++) {
    int status = 0;
    assert_true(wait(&status) > 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
}

static struct round *new_round(void) {
  struct round *round =
      mmap(NULL, sizeof *round, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  assert_ptr_not_equal(round, MAP_FAILED);
  randombytes_buf(round->id, sizeof round->id);
  return round;
}

static int rounds(void) {
  const char *wanted = getenv("RACE_ROUNDS");
  return wanted != NULL ? (int)strtol(wanted, NULL, 10) : ROUNDS;
}

static const int sizes[] = {2, 8, PROCESSES_MAX};

static void one_token_is_accepted_once(void **state) {
  (void)state;
  for (size_t size = 0; size < sizeof sizes / sizeof sizes[0]; size++) {
    for (int i = 0; i < rounds(); i++) {
      struct round *round = new_round();
      start(round, sizes[size], same_token);
      assert_int_equal(round->accepted, 1);
      assert_int_equal(round->refused, sizes[size] - 1);
      (void)munmap(round, sizeof *round);
    }
  }
}

static void distinct_tokens_are_all_accepted(void **state) {
  (void)state;
  for (int i = 0; i < rounds(); i++) {
    struct round *round = new_round();
    start(round, PROCESSES_MAX, own_token);
    assert_int_equal(round->accepted, PROCESSES_MAX);
    (void)munmap(round, sizeof *round);
  }
}

static void events_of_many_writers_form_one_chain(void **state) {
  (void)state;
  struct round *round = new_round();
  start(round, PROCESSES_MAX, own_events);
  assert_int_equal(round->accepted, PROCESSES_MAX * EVENTS_EACH);
  int64_t last = 0;
  assert_int_equal(bg_event_store_settle(&last),
                   BG_OK); /* some may not have got the lock in time */
  assert_chain((int64_t)PROCESSES_MAX * EVENTS_EACH);
  (void)munmap(round, sizeof *round);
}

static void all_begin_with_one_epoch(void **state) {
  (void)state;
  int64_t epoch = 0;
  struct round *round = new_round();
  assert_int_equal(unlink(test_path("/run/breakglass/epoch")), 0);
  start(round, 8, first_prepare);
  assert_int_equal(round->accepted, 8);
  assert_int_equal(bg_run_state_prepare(5, &epoch), BG_OK);
  assert_int_equal(round->refused, (int)(8 * epoch));
  (void)munmap(round, sizeof *round);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, new_store, end_store)
  const struct CMUnitTest tests[] = {
      TEST(one_token_is_accepted_once),
      TEST(distinct_tokens_are_all_accepted),
      TEST(events_of_many_writers_form_one_chain),
      TEST(all_begin_with_one_epoch),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
