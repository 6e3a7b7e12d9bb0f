/* SPDX-License-Identifier: BSD-2-Clause */
/* Exactly once: one token presented by many processes at one instant is accepted
 * by one of them; distinct tokens are all accepted. RACE_ROUNDS rounds each. */
#include <config.h>

#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver.h"
#include "test_token.h"

#define WORKERS_MAX 32
#define DISTINCT_EVERY 25 /* a round of distinct tokens after so many of one token */

struct board {       /* shared by all processes */
  atomic_uint round; /* a new number starts a round */
  atomic_uint done;
  atomic_uint accepted;
  atomic_bool finished;
  char tokens[WORKERS_MAX][BG_TOKEN_TEXT_MAX + 1];
};

static bool present(const char *token) {
  struct driver driver = {.text = token};
  driver_start(&driver, "login", TEST_LOGIN, NULL, NULL);
  bool accepted = pam_authenticate(driver.pamh, PAM_SILENT) == PAM_SUCCESS;
  driver_end(&driver);
  return accepted;
}

static void work(struct board *board, unsigned number) {
  for (unsigned seen = 0;;) {
    while (atomic_load(&board->round) == seen && !atomic_load(&board->finished)) {
      (void)sched_yield();
    }
    if (atomic_load(&board->finished)) {
      _exit(0);
    }
    seen++;
    if (present(board->tokens[number])) {
      atomic_fetch_add(&board->accepted, 1);
    }
    atomic_fetch_add(&board->done, 1);
  }
}

static void mint_for(struct board *board, unsigned workers, bool distinct) {
  for (unsigned i = 0; i < workers; i++) {
    if (i == 0 || distinct) {
      struct bg_claims claims = test_console_claims();
      test_mint(&claims, board->tokens[i]);
    } else {
      memcpy(board->tokens[i], board->tokens[0], sizeof board->tokens[0]);
    }
  }
}

static unsigned run_round(struct board *board, unsigned workers, bool distinct) {
  mint_for(board, workers, distinct);
  atomic_store(&board->accepted, 0);
  atomic_store(&board->done, 0);
  atomic_fetch_add(&board->round, 1);
  while (atomic_load(&board->done) < workers) {
    (void)sched_yield();
  }
  return atomic_load(&board->accepted);
}

static unsigned run_rounds(struct board *board, unsigned workers, unsigned rounds) {
  unsigned wrong = 0;
  for (unsigned i = 1; i <= rounds; i++) {
    wrong += run_round(board, workers, false) != 1;
    if (i % DISTINCT_EVERY == 0) {
      wrong += run_round(board, workers, true) != workers;
    }
  }
  return wrong;
}

static unsigned race(unsigned workers, unsigned rounds) {
  struct board *board =
      mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (board == MAP_FAILED) {
    abort();
  }
  for (unsigned i = 0; i < workers; i++) {
    pid_t child = fork();
    if (child == 0) {
      (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
      work(board, i);
    } else if (child < 0) {
      abort();
    }
  }
  unsigned wrong = run_rounds(board, workers, rounds);
  atomic_store(&board->finished, true);
  while (wait(NULL) > 0) { /* until the last */
  }
  printf("%u processes, %u rounds: %u wrong\n", workers, rounds, wrong);
  (void)fflush(stdout);
  (void)munmap(board, sizeof *board);
  return wrong;
}

int main(void) {
  const char *asked = getenv("RACE_ROUNDS");
  unsigned rounds = asked != NULL ? (unsigned)strtoul(asked, NULL, 10) : 50;
  driver_host_create("");
  unsigned wrong = race(2, rounds) + race(8, rounds) + race(32, rounds);
  driver_host_remove();
  return wrong == 0 && rounds > 0 ? 0 : 1;
}
