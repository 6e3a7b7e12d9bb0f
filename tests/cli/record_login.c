/* SPDX-License-Identifier: BSD-2-Clause */
/* record_login TOKEN_BYTE [close]: leaves what a login of the caller's leaves on the
 * host below $BREAKGLASS_TEST_ROOT, without the configuration that a real one wants.
 * With close, logs out again. */
#include <config.h>

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "breakglass/run_state.h"
#include "test_state.h"

int main(int argc, char **argv) {
  if (argc < 2) {
    return 2;
  }
  unsigned long token = strtoul(argv[1], NULL, 10);
  const struct bg_session session = test_session((uint8_t)token);
  struct bg_event event = test_opened(&session);
  struct bg_grant grant = test_grant(&session);
  enum bg_durability durability;
  int64_t epoch;
  bool done = sodium_init() >= 0 && bg_process_of(getppid(), &grant.owner) == BG_OK &&
              bg_run_state_prepare(session.accepted, &epoch) == BG_OK &&
              bg_event_store_ready(false) == BG_OK && bg_spent_consume(session.token_id) == BG_OK &&
              bg_event_record(&event, &durability) == BG_OK &&
              bg_mark_raise(session.issued_at) == BG_OK && bg_grant_create(&grant) == BG_OK &&
              bg_grant_open(&grant, (uint32_t)token, NULL, session.accepted) == BG_OK;
  if (done && argc > 2) {
    char id[BG_TOKEN_ID_HEX];
    bg_hex(bg_bytes(session.token_id, BG_TOKEN_ID_SIZE), id);
    event.type = BG_EVENT_TAINT_CLOSED;
    event.grant = &grant;
    event.ending = BG_ENDED_LOGOUT;
    done = bg_grant_close(id) == BG_OK && bg_event_record(&event, &durability) == BG_OK;
  }
  if (!done) {
    perror("record_login");
  }
  return done ? 0 : 1;
}
