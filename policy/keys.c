/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of gate.conf's keys, and the parsers that several of them share. */
#include <config.h>

#include <stddef.h>

#include "breakglass/text.h"
#include "conf.h"

#define MINUTE ((int64_t)60)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static void *field_of(const struct bg_conf_value *value) {
  return (char *)value->conf->policy + value->key->offset;
}

static void parse_choice(const struct bg_conf_value *value) {
  const char *const *choices = value->key->choices;
  if (bg_bytes_is(value->text, choices[0])) {
    *(bool *)field_of(value) = false;
  } else if (bg_bytes_is(value->text, choices[1])) {
    *(bool *)field_of(value) = true;
  } else {
    bg_conf_reject(value, "must be %s or %s", choices[0], choices[1]);
  }
}

static bool is_duration(const struct bg_conf_value *value, int64_t *ret_seconds) {
  enum bg_error err = bg_parse_duration(value->text, value->key->max, ret_seconds);
  if (err == BG_ERR_RANGE) {
    bg_conf_reject(value, "must be between 1s and %llds", (long long)value->key->max);
  } else if (err != BG_OK) {
    bg_conf_reject(value, "is not a duration like 90s, 10m, 2h or 7d");
  }
  return err == BG_OK;
}

static void parse_duration(const struct bg_conf_value *value) {
  int64_t seconds = 0;
  (void)is_duration(value, &seconds);
  *(int64_t *)field_of(value) = seconds;
}

static void parse_mode(const struct bg_conf_value *value) {
  if (bg_bytes_is(value->text, "observe")) {
    bg_conf_reject(value, "observe is not supported by this version, only enforce");
  } else if (!bg_bytes_is(value->text, "enforce")) {
    bg_conf_reject(value, "must be enforce");
  }
}

static void parse_help(const struct bg_conf_value *value) {
  if (bg_bytes_to_text(value->text, BG_HELP_SIZE, value->conf->policy->help) != BG_OK) {
    bg_conf_reject(value, "is longer than %d bytes", BG_HELP_SIZE - 1);
  }
}

static void parse_level(const struct bg_conf_value *value) {
  if (bg_level_parse(value->text, &value->conf->policy->level) != BG_OK) {
    value->conf->policy->level = BG_LEVEL_NONE;
    bg_conf_reject(value, "must be refresh, rebuild or reallocate");
  }
}

/* Nobody would ever get in. */
void bg_conf_check_ack(const struct bg_conf *conf) {
  const struct bg_policy *policy = conf->policy;
  const bool outside = policy->sink_exec || policy->sink_webhook || policy->sink_nats;
  if (policy->ack_delivered && !outside) {
    bg_conf_reject(
        &conf->values[BG_CONF_ACK],
        "delivered needs one of exec, webhook and nats in [taint] sinks: nobody else can "
        "acknowledge");
  }
}

#define FIELD(name) .offset = offsetof(struct bg_policy, name)
#define YES_NO .choices = {"no", "yes"}

const struct bg_conf_key bg_conf_keys[BG_CONF_KEYS] = {
    {"gate", "mode", "enforce", parse_mode},
    {"gate", "exempt", "", bg_conf_parse_exempt},
    {"gate", "session_services", "su su-l sudo sudo-i", bg_conf_parse_session_services},
    {"gate", "help", "", parse_help},
    [BG_CONF_HOST_ID] = {"host", "id", NULL, bg_conf_parse_host_id},
    {"host", "groups", "", bg_conf_parse_groups},
    {"token", "signatures", NULL, bg_conf_parse_signatures},
    {"token", "holder_key", "required", parse_choice, FIELD(token.holder_key_required),
     .choices = {"optional", "required"}},
    {"token", "longest_window", "2h", parse_duration, FIELD(token.longest_window), .max = 7 * DAY},
    {"token", "clock_skew", "30s", parse_duration, FIELD(token.clock_skew), .max = 5 * MINUTE},
    {"token", "challenge", "yes", parse_choice, FIELD(token.challenge), YES_NO},
    {"token", "group_audience", "no", parse_choice, FIELD(token.group_audience), YES_NO},
    {"token", "approver_keys", "any", parse_choice, FIELD(token.hardware_approvers),
     .choices = {"any", "sk"}},
    {"token", "revocations", "prefer", parse_choice, FIELD(token.revocations_required),
     .choices = {"prefer", "require"}},
    {"session", "longest", "1h", parse_duration, FIELD(longest_session), .max = 7 * DAY},
    {"session", "tty_audit", "no", parse_choice, FIELD(tty_audit), YES_NO},
    {"taint", "level", "rebuild", parse_level},
    {"taint", "durability", "prefer", parse_choice, FIELD(durability_required),
     .choices = {"prefer", "require"}},
    [BG_CONF_ACK] = {"taint", "ack", "spool", parse_choice, FIELD(ack_delivered),
                     .choices = {"spool", "delivered"}},
    {"taint", "ack_timeout", "10s", parse_duration, FIELD(ack_timeout), .max = 10 * MINUTE},
    {"taint", "longest_tainted", "24h", parse_duration, FIELD(longest_tainted), .max = 90 * DAY},
    {"taint", "sinks", "journal exec", bg_conf_parse_sinks},
    {"audit", "required", "yes", parse_choice, FIELD(audit_required), YES_NO},
};
