/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of agent.conf's keys, and their parsers. */
#include <config.h>

#include <stddef.h>
#include <string.h>

#include "../url.h"
#include "reading.h"

#define AGE_MAX (INT64_C(3650) * 24 * 3600) /* seconds */

static void parse_text(struct agent_reading *reading, const struct agent_value *value) {
  char *field = (char *)reading->conf + value->key->offset;
  if (bg_bytes_to_text(value->text, value->key->size, field) != BG_OK) {
    agent_reject(reading, value, "is longer than %zu bytes", value->key->size - 1);
  }
}

static void parse_path(struct agent_reading *reading, const struct agent_value *value) {
  if (value->text.len > 0 && value->text.data[0] != '/') {
    agent_reject(reading, value, "must be an absolute path");
  } else {
    parse_text(reading, value);
  }
}

static bool is_url(struct agent_reading *reading, const struct agent_value *value,
                   const struct bg_url_kind *kind, struct bg_bytes *ret_host) {
  const char *problem =
      value->text.len > 0 ? bg_url_judge(value->text, kind, ret_host) : NULL; /* empty: off */
  if (problem != NULL) {
    agent_reject(reading, value, "%s", problem);
  }
  return problem == NULL;
}

static void parse_http(struct agent_reading *reading, const struct agent_value *value) {
  if (is_url(reading, value, &bg_url_http, NULL)) {
    parse_text(reading, value);
  }
}

static void parse_service(struct agent_reading *reading, const struct agent_value *value) {
  if (is_url(reading, value, &bg_url_service, NULL)) {
    parse_text(reading, value);
  }
}

static void parse_every(struct agent_reading *reading, const struct agent_value *value) {
  int64_t seconds = 0;
  enum bg_error err = bg_parse_duration(value->text, BG_AGENT_EVERY_MAX, &seconds);
  if (err == BG_ERR_RANGE || (err == BG_OK && seconds < BG_AGENT_EVERY_MIN)) {
    agent_reject(reading, value, "must be between %ds and %ds", BG_AGENT_EVERY_MIN,
                 BG_AGENT_EVERY_MAX);
  } else if (err != BG_OK) {
    agent_reject(reading, value, "is not a duration like 90s, 10m or 2h");
  }
  reading->conf->revocations.every = seconds;
}

static void parse_nats(struct agent_reading *reading, const struct agent_value *value) {
  struct bg_bytes host = bg_bytes(NULL, 0);
  if (is_url(reading, value, &bg_url_nats, &host)) {
    parse_text(reading, value);
    (void)!bg_bytes_to_text(host, sizeof reading->conf->nats.host, reading->conf->nats.host);
  }
}

static bool is_token_byte(uint8_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

/* Tokens that are not empty, parted by dots. */
static bool is_subject(struct bg_bytes text) {
  bool in_token = false;
  for (size_t i = 0; i < text.len; i++) {
    bool dot = text.data[i] == '.';
    if (dot ? !in_token : !is_token_byte(text.data[i])) {
      return false;
    }
    in_token = !dot;
  }
  return in_token;
}

static void parse_subject(struct agent_reading *reading, const struct agent_value *value) {
  if (is_subject(value->text)) {
    parse_text(reading, value);
  } else {
    agent_reject(reading, value,
                 "must be words of letters, digits, - and _, with one dot between two");
  }
}

/* Empty: none, which is 0. */
static void parse_age(struct agent_reading *reading, const struct agent_value *value) {
  int64_t *field = (int64_t *)(void *)((char *)reading->conf + value->key->offset);
  *field = 0;
  enum bg_error err = value->text.len > 0 ? bg_parse_duration(value->text, AGE_MAX, field) : BG_OK;
  if (err == BG_ERR_RANGE) {
    agent_reject(reading, value, "must be at least 1s and at most 3650d");
  } else if (err != BG_OK) {
    agent_reject(reading, value, "is not a duration like 90s, 10m, 2h or 7d");
  }
}

static void parse_level(struct agent_reading *reading, const struct agent_value *value) {
  if (bg_level_parse(value->text, &reading->conf->lifetime.level) != BG_OK) {
    agent_reject(reading, value, "must be refresh, rebuild or reallocate");
  }
}

static int unit_bits(uint8_t unit) {
  switch (unit) {
  case 'K':
    return 10;
  case 'M':
    return 20;
  case 'G':
    return 30;
  default:
    return 0;
  }
}

/* Empty: none, which is 0. */
static void parse_limit(struct agent_reading *reading, const struct agent_value *value) {
  struct bg_bytes text = value->text;
  int64_t count = 0;
  const int bits = text.len > 0 ? unit_bits(text.data[text.len - 1]) : 0;
  text.len -= bits > 0;
  enum bg_error err =
      value->text.len > 0 ? bg_parse_uint(text, 0, INT64_MAX >> bits, &count) : BG_OK;
  reading->conf->spool.limit = count << bits;
  if (err == BG_ERR_SYNTAX) {
    agent_reject(reading, value, "is not a size like 512K, 64M or 1G");
  } else if (err != BG_OK ||
             (value->text.len > 0 && reading->conf->spool.limit < BG_AGENT_SPOOL_MIN)) {
    agent_reject(reading, value,
                 "must be at least 1M and less than 8589934592G, or empty for no bound");
  }
}

#define FIELD(part)                                                                                \
  .offset = offsetof(struct bg_agent_conf, part),                                                  \
  .size = sizeof(((struct bg_agent_conf *)NULL)->part)

const struct agent_key agent_keys[AGENT_KEYS] = {
    {"webhook", "url", "", parse_http, FIELD(webhook.url)},
    {"webhook", "ca", "", parse_path, FIELD(webhook.ca)},
    {"nats", "url", "", parse_nats, FIELD(nats.url)},
    {"nats", "subject", "breakglass.events", parse_subject, FIELD(nats.subject)},
    {"nats", "ca", "", parse_path, FIELD(nats.ca)},
    {"nats", "credentials", "", parse_path, FIELD(nats.credentials)},
    {"lifetime", "polite", "", parse_age, FIELD(lifetime.polite)},
    {"lifetime", "forced", "", parse_age, FIELD(lifetime.forced)},
    {"lifetime", "level", "refresh", parse_level, FIELD(lifetime.level)},
    {"metrics", "textfile", "", parse_path, FIELD(metrics.textfile)},
    {"revocations", "url", "", parse_service, FIELD(revocations.url)},
    {"revocations", "ca", "", parse_path, FIELD(revocations.ca)},
    {"revocations", "every", "15m", parse_every, FIELD(revocations.every)},
    {"spool", "limit", "64M", parse_limit, FIELD(spool.limit)},
};
