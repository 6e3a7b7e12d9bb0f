/* SPDX-License-Identifier: BSD-2-Clause */
/* [taint] ack = delivered: nobody gets in before somebody outside of this host knows that it is
 * tainted. The agent tells the sinks, and moves a sink's cursor once that one has acknowledged; the
 * gate looks at the cursors, so a dead agent denies and hangs nobody. */
#include <config.h>

#include <string.h>
#include <time.h>

#include "breakglass/cursor.h"
#include "breakglass/event_store.h"
#include "gate_internal.h"

#define PAUSE_MIN_NS 2000000 /* between two looks; then twice as long each time */
#define PAUSE_MAX_NS 64000000

/* The journal takes whatever it is given, and keeps it on this host: what it has acknowledged
 * nobody else knows. */
static bool is_outside(const void *context, const char *sink) {
  const struct bg_policy *policy = context;
  return (policy->sink_webhook && strcmp(sink, "webhook") == 0) ||
         (policy->sink_nats && strcmp(sink, "nats") == 0) ||
         (policy->sink_exec && strncmp(sink, "exec.", 5) == 0);
}

/* Of an event that was recorded without the lock: once all that waited has a number, it is no
 * greater than this. 0 as long as nobody knows. */
static int64_t number_by_now(void) {
  int64_t last = 0;
  return bg_event_store_settle(&last) == BG_OK ? last : 0;
}

enum bg_error gate_await_acknowledgement(const struct bg_policy *policy, int64_t number) {
  struct timespec pause = {.tv_nsec = PAUSE_MIN_NS};
  const int64_t until = bg_clock_boottime() + policy->ack_timeout;
  for (;;) {
    number = number > 0 ? number : number_by_now();
    if (bg_event_is_acknowledged(number, is_outside, policy)) {
      return BG_OK;
    }
    if (bg_clock_boottime() > until) { /* in whole seconds: not before the time has passed */
      return BG_REFUSED_ACK_TIMEOUT;
    }
    (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
    pause.tv_nsec = pause.tv_nsec < PAUSE_MAX_NS ? 2 * pause.tv_nsec : PAUSE_MAX_NS;
  }
}
