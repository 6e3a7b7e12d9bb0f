/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "metrics.h"

#include <inttypes.h>

#define PREFIX "breakglass_"

static void put_head(struct bg_buf *buf, const char *name, const char *type, const char *help) {
  bg_buf_printf(buf, "# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s %s\n", name, help, name, type);
}

static void put(struct bg_buf *buf, const char *name, const char *type, const char *help,
                int64_t value) {
  put_head(buf, name, type, help);
  bg_buf_printf(buf, PREFIX "%s %" PRId64 "\n", name, value);
}

/* -- of each sink -------------------------------------------------------------------------------
 */

static int64_t delivered_of(const struct courier_state *sink, int64_t last) {
  (void)last;
  return sink->cursor;
}

static int64_t pending_of(const struct courier_state *sink, int64_t last) {
  return sink->cursor < last ? last - sink->cursor : 0;
}

static int64_t failures_of(const struct courier_state *sink, int64_t last) {
  (void)last;
  return (int64_t)sink->failures;
}

static int64_t failing_of(const struct courier_state *sink, int64_t last) {
  (void)last;
  return sink->failing != 0;
}

static int64_t since_of(const struct courier_state *sink, int64_t last) {
  (void)last;
  return sink->failing;
}

static int64_t success_of(const struct courier_state *sink, int64_t last) {
  (void)last;
  return sink->last_success;
}

static const struct sink_metric {
  const char *name, *type, *help;
  int64_t (*value)(const struct courier_state *sink, int64_t last);
  bool is_moment; /* 0 is none */
} sink_metrics[] = {
    {"sink_delivered_total", "counter", "Number of the last event that the sink has.", delivered_of,
     false},
    {"sink_pending_events", "gauge", "Events that the sink has not got yet.", pending_of, false},
    {"sink_failures_total", "counter",
     "Attempts that failed since the agent was started, or read its configuration anew.",
     failures_of, false},
    {"sink_failing", "gauge", "Whether the last attempt failed.", failing_of, false},
    {"sink_failing_since_timestamp_seconds", "gauge",
     "When it began to fail; missing while it works.", since_of, true},
    {"sink_last_success_timestamp_seconds", "gauge",
     "When the sink last took an event; missing if it has taken none since the agent was started.",
     success_of, true},
};

static void put_sinks(struct bg_buf *buf, const struct sink_metric *metric,
                      const struct metrics *metrics) {
  const struct agent_state *agent = metrics->agent;
  bool begun = false;
  for (size_t i = 0; i < agent->sink_count; i++) {
    const int64_t value = metric->value(&agent->sinks[i], metrics->last);
    if (metric->is_moment && value == 0) {
      continue;
    }
    if (!begun) {
      put_head(buf, metric->name, metric->type, metric->help);
      begun = true;
    }
    /* A sink's name has letters, digits, dots, _ and - only. */
    bg_buf_printf(buf, PREFIX "%s{sink=\"%s\"} %" PRId64 "\n", metric->name, agent->sinks[i].sink,
                  value);
  }
}

/* -- of the host --------------------------------------------------------------------------------
 */

static void put_host(struct bg_buf *buf, const struct metrics *metrics) {
  put(buf, "agent_start_timestamp_seconds", "gauge", "When the agent was started.",
      metrics->agent->started);
  put(buf, "events_total", "counter", "Number of the last event that was recorded.", metrics->last);
  put(buf, "store_failing", "gauge", "Whether there are events that the disk does not take.",
      metrics->agent->problem != BG_OK);
  if (metrics->taint_known) {
    put(buf, "taint_level", "gauge",
        "How the host is tainted: 0 not, 1 refresh, 2 rebuild, 3 reallocate.",
        (int64_t)metrics->level);
  }
  if (metrics->taint_known && metrics->level != BG_LEVEL_NONE) {
    put(buf, "taint_deadline_timestamp_seconds", "gauge",
        "By when the host is to be replaced; missing if it is not tainted.", metrics->replace_by);
  }
  if (metrics->sessions >= 0) {
    put(buf, "sessions", "gauge", "Logins that were let in and not closed.", metrics->sessions);
  }
}

static void put_list(struct bg_buf *buf, const struct revocations_look *list) {
  put(buf, "revocations_list_number", "gauge", "Number of the revocation list that the host has.",
      list->number);
  put(buf, "revocations_issued_timestamp_seconds", "gauge", "When that list was made.",
      list->issued_at);
  put(buf, "revocations_expires_timestamp_seconds", "gauge", "When that list is too old.",
      list->expires);
}

static void put_fetcher(struct bg_buf *buf, const struct fetcher_state *fetcher) {
  put(buf, "revocations_fetch_failures_total", "counter",
      "Attempts that failed since the agent was started, or read its configuration anew.",
      (int64_t)fetcher->failures);
  put(buf, "revocations_fetch_failing", "gauge", "Whether the last attempt failed.",
      fetcher->failing != 0);
  if (fetcher->fetched != 0) {
    put(buf, "revocations_fetched_timestamp_seconds", "gauge",
        "When the signing service last gave its list; missing if it has not since then.",
        fetcher->fetched);
  }
}

void metrics_put(const struct metrics *metrics, struct bg_buf *buf) {
  put_host(buf, metrics);
  if (metrics->list_known) {
    put_list(buf, &metrics->list);
  }
  if (metrics->agent->fetcher != NULL) {
    put_fetcher(buf, metrics->agent->fetcher);
  }
  for (size_t i = 0; i < sizeof sink_metrics / sizeof sink_metrics[0]; i++) {
    put_sinks(buf, &sink_metrics[i], metrics);
  }
}
