/* SPDX-License-Identifier: BSD-2-Clause */
/* [taint] ack = delivered: nobody gets in before somebody outside of this host knows that it is
 * tainted. The agent tells the sinks, and moves a sink's cursor once that one has acknowledged; the
 * gate looks at the cursors, so a dead agent denies and hangs nobody. */
#include <config.h>

#include <string.h>
#include <time.h>

#include "breakglass/cursor.h"
#include "breakglass/event_glance.h"
#include "breakglass/event_store.h"
#include "gate_internal.h"

#define PAUSE_MIN_NS 2000000 /* between two looks; then twice as long each time */
#define PAUSE_MAX_NS 64000000
#define NEWEST 1024 /* events among which one is looked for */

/* The journal takes whatever it is given, and keeps it on this host: what it has acknowledged
 * nobody else knows. */
static bool is_outside(const void *context, const char *sink) {
  const struct bg_policy *policy = context;
  return (policy->sink_webhook && strcmp(sink, "webhook") == 0) ||
         (policy->sink_nats && strcmp(sink, "nats") == 0) ||
         (policy->sink_exec && strncmp(sink, "exec.", 5) == 0);
}

/* A number alone says nothing: where the disk comes back with other events under it, ours is
 * numbered anew. */
static bool is_ours(int64_t number, const uint8_t token_id[static BG_TOKEN_ID_SIZE]) {
  struct bg_file file = {0};
  struct bg_event_glance glance;
  enum bg_event_place place;
  const bool ours = number > 0 && bg_event_get(number, &file, &place) == BG_OK &&
                    bg_event_glance(bg_bytes(file.data, file.len), &glance) && glance.opened &&
                    memcmp(glance.token_id, token_id, BG_TOKEN_ID_SIZE) == 0;
  bg_file_free(&file);
  return ours;
}

/* Among the newest, for it was recorded just now, and one that is numbered anew becomes the newest.
 * 0 if it is not there. */
static int64_t find_ours(const uint8_t token_id[static BG_TOKEN_ID_SIZE]) {
  uint8_t hash[BG_EVENT_HASH_SIZE];
  int64_t last = 0;
  if (bg_event_store_head(&last, hash) != BG_OK) {
    return 0;
  }
  for (int64_t number = last; number > 0 && last - number < NEWEST; number--) {
    if (is_ours(number, token_id)) {
      return number;
    }
  }
  return 0;
}

/* One that was recorded without the lock gets its number from the next that has it: from us, if
 * nobody else comes. Whether the disk then takes it does not matter. */
static int64_t number_by_now(const uint8_t token_id[static BG_TOKEN_ID_SIZE]) {
  int64_t last = 0;
  (void)!bg_event_store_settle(&last);
  return find_ours(token_id);
}

static bool is_acknowledged(const struct bg_policy *policy,
                            const uint8_t token_id[static BG_TOKEN_ID_SIZE], int64_t *number) {
  *number = *number > 0 ? *number : number_by_now(token_id);
  if (!bg_event_is_acknowledged(*number, is_outside, policy)) {
    return false;
  }
  if (is_ours(*number, token_id)) {
    return true;
  }
  *number = find_ours(token_id); /* for the next look */
  return false;
}

enum bg_error gate_await_acknowledgement(const struct bg_policy *policy,
                                         const uint8_t token_id[static BG_TOKEN_ID_SIZE],
                                         int64_t number) {
  struct timespec pause = {.tv_nsec = PAUSE_MIN_NS};
  const int64_t until = bg_clock_boottime() + policy->ack_timeout;
  while (!is_acknowledged(policy, token_id, &number)) {
    if (bg_clock_boottime() > until) { /* in whole seconds: not before the time has passed */
      return BG_REFUSED_ACK_TIMEOUT;
    }
    (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
    pause.tv_nsec = pause.tv_nsec < PAUSE_MAX_NS ? 2 * pause.tv_nsec : PAUSE_MAX_NS;
  }
  return BG_OK;
}
