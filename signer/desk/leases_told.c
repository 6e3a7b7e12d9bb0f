/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "leases_told.h"

#include <inttypes.h>

#define PREFIX "breakglass_signer_lease_"

void leases_put_health(const struct desk *desk, struct bg_buf *buf) {
  struct lease_state states[LEASE_SINKS_MAX];
  char since[BG_TIME_TEXT_SIZE];
  const size_t count = leases_states(desk->leases, states);
  for (size_t i = 0; i < count; i++) {
    if (states[i].waiting > 0) {
      bg_format_time(states[i].since, since);
      bg_buf_printf(buf, "leases: %" PRId64 " wait for %s since %s\n", states[i].waiting,
                    states[i].sink, since);
    }
  }
}

static int64_t waiting_of(const struct lease_state *state) {
  return state->waiting;
}

static int64_t since_of(const struct lease_state *state) {
  return state->since;
}

static int64_t delivered_of(const struct lease_state *state) {
  return (int64_t)state->delivered;
}

static int64_t failures_of(const struct lease_state *state) {
  return (int64_t)state->failures;
}

static const struct metric {
  const char *name, *type, *help;
  int64_t (*value)(const struct lease_state *state);
} metrics[] = {
    {"waiting", "gauge", "Events that the sink has not got yet.", waiting_of},
    {"waiting_since_seconds", "gauge", "When the oldest of them was issued; 0: none waits.",
     since_of},
    {"delivered_total", "counter", "Events that the sink has got.", delivered_of},
    {"failures_total", "counter", "Attempts at which the sink took nothing.", failures_of},
};

void leases_put_metrics(const struct desk *desk, struct bg_buf *buf) {
  struct lease_state states[LEASE_SINKS_MAX];
  const size_t count = leases_states(desk->leases, states);
  for (size_t m = 0; count > 0 && m < sizeof metrics / sizeof metrics[0]; m++) {
    const struct metric *metric = &metrics[m];
    bg_buf_printf(buf, "# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s %s\n", metric->name,
                  metric->help, metric->name, metric->type);
    for (size_t i = 0; i < count; i++) {
      bg_buf_printf(buf, PREFIX "%s{sink=\"%s\"} %" PRId64 "\n", metric->name, states[i].sink,
                    metric->value(&states[i]));
    }
  }
}
