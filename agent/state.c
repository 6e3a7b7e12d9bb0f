/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "state.h"

#include <stdlib.h>

#include "breakglass/file.h"
#include "breakglass/json.h"
#include "breakglass/paths.h"

/* With every byte of a reason escaped. */
#define SINK_TEXT_MAX (6 * (SINK_REASON_SIZE + SINK_NAME_SIZE) + 512)
#define STATE_MAX (SINKS_MAX * SINK_TEXT_MAX + 6 * BG_PROGRAM_REASON_SIZE + 1024)

static void put_moment(struct bg_json *json, const char *key, int64_t moment) {
  if (moment > 0) {
    bg_json_time(json, key, moment);
  } else {
    bg_json_null(json, key);
  }
}

static void put_sink(struct bg_json *json, const struct courier_state *sink) {
  bg_json_object(json, NULL);
  bg_json_text(json, "sink", sink->sink);
  bg_json_int(json, "delivered", sink->cursor);
  bg_json_int(json, "failures", (int64_t)sink->failures);
  put_moment(json, "last_success", sink->last_success);
  put_moment(json, "failing_since", sink->failing);
  bg_json_text(json, "error", sink->reason[0] != '\0' ? sink->reason : NULL);
  bg_json_end_object(json);
}

static void put_lifetime(struct bg_json *json, const struct agent_state *state) {
  const struct lifetime_state *lifetime = &state->lifetime;
  if (!state->has_lifetime) {
    bg_json_null(json, "lifetime");
    return;
  }
  bg_json_object(json, "lifetime");
  put_moment(json, "born", lifetime->born);
  put_moment(json, "polite", lifetime->polite);
  put_moment(json, "forced", lifetime->forced);
  bg_json_text(json, "level",
               lifetime->level != BG_LEVEL_NONE ? bg_level_name(lifetime->level) : NULL);
  bg_json_end_object(json);
}

static void put_fetcher(struct bg_json *json, const struct agent_state *state) {
  const struct fetcher_state *fetcher = &state->fetcher;
  if (!state->fetches) {
    bg_json_null(json, "revocations");
    return;
  }
  bg_json_object(json, "revocations");
  put_moment(json, "fetched", fetcher->fetched);
  bg_json_int(json, "failures", (int64_t)fetcher->failures);
  put_moment(json, "failing_since", fetcher->failing);
  bg_json_text(json, "error", fetcher->reason[0] != '\0' ? fetcher->reason : NULL);
  bg_json_end_object(json);
}

static void put_state(struct bg_json *json, const struct agent_state *state) {
  bg_json_object(json, NULL);
  bg_json_time(json, "started", state->started);
  bg_json_text(json, "problem", state->problem != BG_OK ? bg_strerror(state->problem) : NULL);
  put_lifetime(json, state);
  bg_json_array(json, "sinks");
  for (size_t i = 0; i < state->sink_count; i++) {
    put_sink(json, &state->sinks[i]);
  }
  bg_json_end_array(json);
  put_fetcher(json, state);
  bg_json_end_object(json);
}

enum bg_error agent_state_write(const struct agent_state *state) {
  struct bg_buf buf = {.data = malloc(STATE_MAX), .cap = STATE_MAX};
  if (buf.data == NULL) {
    return BG_ERR_NOMEM;
  }
  struct bg_json json = bg_json_writer(&buf);
  put_state(&json, state);
  bg_buf_put_byte(&buf, '\n');
  enum bg_error err = buf.failed
                          ? BG_ERR_TOO_LARGE
                          : bg_file_replace(bg_paths()->agent_state, 0600, bg_buf_view(&buf));
  free(buf.data);
  return err;
}
