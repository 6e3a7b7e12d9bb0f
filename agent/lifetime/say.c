/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "say.h"

#include <stdio.h>

#include "breakglass/run_state.h"

#define DURATION_SIZE 32

static enum bg_error record(const struct bg_event *event) {
  enum bg_durability durability; /* wherever it is: whoever delivers brings it to disk */
  int64_t epoch = 0;
  enum bg_error err = bg_run_state_prepare(event->time, &epoch);
  return err == BG_OK ? bg_event_record(event, &durability) : err;
}

enum bg_error say_fresh(const struct lifetime_config *config, const struct bg_lifetime *lifetime,
                        int64_t now) {
  const struct bg_event event = {.type = BG_EVENT_HOST_FRESH,
                                 .host = config->host,
                                 .time = now,
                                 .lifetime = lifetime,
                                 .key = config->event_key};
  return record(&event);
}

/* The forced moment stands as it is: the policy's limit of a taint is for those who were let in. */
enum bg_error say_old(const struct lifetime_config *config, enum bg_level level,
                      const struct bg_lifetime *lifetime, int64_t now) {
  char age[DURATION_SIZE];
  char left[DURATION_SIZE];
  char reason[BG_REASON_SIZE];
  bg_format_duration(lifetime->age, sizeof age, age);
  bg_format_duration(lifetime->forced - now, sizeof left, left);
  (void)snprintf(reason, sizeof reason,
                 "%s old: to be replaced once nobody is in, within %s in any case", age, left);
  const struct bg_event event = {.type = BG_EVENT_TAINT_LIFETIME,
                                 .host = config->host,
                                 .time = now,
                                 .level = level,
                                 .replace_by = lifetime->forced,
                                 .lifetime = lifetime,
                                 .reason = reason};
  return record(&event);
}
