/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "event_json.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "breakglass/event_store.h"
#include "breakglass/json.h"
#include "breakglass/run_state.h"
#include "breakglass/text.h"

#define SOURCE_PREFIX "urn:breakglass:host:"
#define SCHEMA "urn:breakglass:schema:event:1"
#define SEAL ",\"durability\":\"" /* never inside of a text: its quotes are escaped there */

static const char *const type_names[] = {
    [BG_EVENT_TAINT_OPENED] = "breakglass.taint.opened",
    [BG_EVENT_TAINT_CLOSED] = "breakglass.taint.closed",
    [BG_EVENT_TAINT_MANUAL] = "breakglass.taint.manual",
    [BG_EVENT_TAINT_LIFETIME] = "breakglass.taint.lifetime",
    [BG_EVENT_HOST_FRESH] = "breakglass.host.fresh",
};

#define AGE_CAUSE "lifetime"

static const char *const causes[] = {
    [BG_EVENT_TAINT_OPENED] = "token",
    [BG_EVENT_TAINT_CLOSED] = "token",
    [BG_EVENT_TAINT_MANUAL] = "manual",
    [BG_EVENT_TAINT_LIFETIME] = AGE_CAUSE,
};

static const char *const ending_names[] = {
    [BG_ENDED_LOGOUT] = "logout",   [BG_ENDED_DEADLINE] = "deadline", [BG_ENDED_UNUSED] = "unused",
    [BG_ENDED_REVOKED] = "revoked", [BG_ENDED_KILLED] = "killed",     [BG_ENDED_LOST] = "lost",
    [BG_ENDED_REBOOT] = "reboot",
};

const char *bg_event_type_name(enum bg_event_type type) {
  return type_names[type];
}

/* The id may be any text, a URN may not (RFC 8141). */
static void put_source(struct bg_json *json, const char *host_id) {
  char source[sizeof SOURCE_PREFIX + ((size_t)3 * BG_NAME_MAX)];
  struct bg_buf buf = BG_BUF(source);
  bg_buf_put_text(&buf, SOURCE_PREFIX);
  bg_put_percent(&buf, host_id);
  bg_buf_put_byte(&buf, '\0');
  bg_json_text(json, "source", bg_buf_view(&buf).len > 0 ? source : NULL);
}

static void put_optional(struct bg_json *json, const char *key, const char *text) {
  bg_json_text(json, key, text != NULL && text[0] != '\0' ? text : NULL);
}

static void put_host(struct bg_json *json, const struct bg_host *host,
                     const struct bg_host_facts *facts) {
  static const char *const image_names[BG_IMAGE_FACTS] = {
      [BG_IMAGE_OS] = "os",
      [BG_IMAGE_OS_VERSION] = "os_version",
      [BG_IMAGE_ID] = "id",
      [BG_IMAGE_VERSION] = "version",
  };
  bg_json_object(json, "host");
  bg_json_text(json, "id", host->id);
  put_optional(json, "machine_id", facts->machine_id);
  put_optional(json, "boot_id", facts->boot_id);
  bg_json_texts(json, "groups", host->groups, sizeof host->groups[0], host->group_count);
  bg_json_object(json, "image");
  for (size_t i = 0; i < BG_IMAGE_FACTS; i++) {
    put_optional(json, image_names[i], facts->image[i]);
  }
  bg_json_end_object(json);
  bg_json_end_object(json);
}

static void put_ending(struct bg_json *json, const struct bg_event *event) {
  const struct bg_grant *grant = event->grant;
  bool opened = grant != NULL && grant->state == BG_GRANT_OPEN;
  if (opened) {
    bg_json_int(json, "audit_session", grant->audit_session);
    bg_json_time(json, "opened", grant->opened);
  } else {
    bg_json_null(json, "audit_session");
    bg_json_null(json, "opened");
  }
  bg_json_time(json, "closed", event->time);
  bg_json_text(json, "ended", ending_names[event->ending]);
}

static void put_session(struct bg_json *json, const struct bg_event *event) {
  const struct bg_session *session = event->session;
  bg_json_object(json, "session");
  bg_json_hex(json, "token_id", bg_bytes(session->token_id, BG_TOKEN_ID_SIZE));
  bg_json_text(json, "issuer", session->issuer);
  bg_json_bool(json, "issuer_signed", session->by_issuer);
  bg_json_text(json, "subject", session->subject);
  bg_json_texts(json, "approvers", session->approvers, sizeof session->approvers[0],
                session->approver_count);
  bg_json_text(json, "login", session->login);
  bg_json_text(json, "reason", session->reason);
  bg_json_text(json, "service", session->service);
  put_optional(json, "source", session->source);
  put_optional(json, "tty", session->tty);
  bg_json_time(json, "issued_at", session->issued_at);
  bg_json_time(json, "accepted", session->accepted);
  bg_json_time(json, "deadline", session->deadline);
  if (event->type == BG_EVENT_TAINT_CLOSED) {
    put_ending(json, event);
  }
  bg_json_end_object(json);
}

/* Whether the clock is behind a time that somebody vouched for. */
static bool clock_is_trusted(const struct bg_event *event) {
  return event->session != NULL ? event->session->clock_trusted : event->time >= bg_mark_read();
}

static void put_taint(struct bg_json *json, const struct bg_event *event, int64_t replace_by) {
  bool manual = event->type == BG_EVENT_TAINT_MANUAL;
  bg_json_text(json, "cause", causes[event->type]);
  bg_json_text(json, "level", bg_level_name(event->level));
  bg_json_object(json, "replace");
  bg_json_text(json, "after", manual ? "now" : "closed");
  bg_json_time(json, "by", replace_by);
  bg_json_end_object(json);
}

static void put_evidence(struct bg_json *json, const struct bg_event *event) {
  bg_json_object(json, "evidence");
  bg_json_text(json, "reason", event->reason);
  put_optional(json, "actor", event->actor);
  bg_json_end_object(json);
}

static void put_time_or_null(struct bg_json *json, const char *key, int64_t time) {
  if (time > 0) {
    bg_json_time(json, key, time);
  } else {
    bg_json_null(json, key);
  }
}

static void put_lifetime(struct bg_json *json, const struct bg_lifetime *lifetime) {
  bg_json_object(json, "lifetime");
  bg_json_time(json, "born", lifetime->born);
  bg_json_int(json, "age", lifetime->age);
  put_time_or_null(json, "polite", lifetime->polite);
  put_time_or_null(json, "forced", lifetime->forced);
  bg_json_end_object(json);
}

static void put_data(struct bg_json *json, const struct bg_event *event,
                     const struct bg_host_facts *facts, int64_t replace_by) {
  put_host(json, event->host, facts);
  if (event->type == BG_EVENT_HOST_FRESH) {
    bg_json_text(json, "level", "none");
    put_lifetime(json, event->lifetime);
    put_optional(json, "key", event->key);
  } else {
    put_taint(json, event, replace_by);
  }
  if (event->type == BG_EVENT_TAINT_LIFETIME) {
    put_lifetime(json, event->lifetime);
  }
  if (event->type == BG_EVENT_TAINT_MANUAL || event->type == BG_EVENT_TAINT_LIFETIME) {
    put_evidence(json, event);
  }
  if (event->session != NULL) {
    put_session(json, event);
    bg_json_text(json, "audit", event->session->audit_available ? "available" : "unavailable");
    bg_json_text(json, "revocations", event->session->revocations_fresh ? "fresh" : "stale");
  }
  bg_json_text(json, "clock", clock_is_trusted(event) ? "trusted" : "untrusted");
}

enum bg_error bg_event_body(const struct bg_event *event, const struct bg_host_facts *facts,
                            const char *id, int64_t replace_by, struct bg_buf *buf) {
  struct bg_json json = bg_json_writer(buf);
  bg_json_object(&json, NULL);
  bg_json_text(&json, "specversion", "1.0");
  bg_json_text(&json, "id", id);
  put_source(&json, event->host->id);
  bg_json_text(&json, "type", bg_event_type_name(event->type));
  bg_json_text(&json, "subject", event->host->id);
  bg_json_time(&json, "time", event->time);
  bg_json_text(&json, "datacontenttype", "application/json");
  bg_json_text(&json, "dataschema", SCHEMA);
  bg_json_object(&json, "data");
  put_data(&json, event, facts, replace_by);
  return buf->failed ? BG_ERR_TOO_LARGE : BG_OK; /* both objects are closed by the seal */
}

enum bg_error bg_event_seal(struct bg_buf *buf, enum bg_durability durability, int64_t number,
                            const uint8_t *previous) {
  char hash[(2 * BG_EVENT_HASH_SIZE) + 1];
  bg_buf_printf(buf, SEAL "%s\",\"number\":%" PRId64 ",\"previous\":",
                durability == BG_DURABLE ? "durable" : "volatile", number);
  if (previous == NULL) {
    bg_buf_put_text(buf, "null");
  } else {
    bg_hex(bg_bytes(previous, BG_EVENT_HASH_SIZE), hash);
    bg_buf_printf(buf, "\"%s\"", hash);
  }
  bg_buf_put_text(buf, "}}\n");
  return buf->failed ? BG_ERR_TOO_LARGE : BG_OK;
}

struct bg_bytes bg_event_text(struct bg_bytes event, const char *key) {
  const uint8_t *at = event.len > 0 ? memmem(event.data, event.len, key, strlen(key)) : NULL;
  if (at == NULL) {
    return bg_bytes(NULL, 0);
  }
  at += strlen(key);
  const uint8_t *end = memchr(at, '"', (size_t)(event.data + event.len - at));
  return bg_bytes(at, end != NULL ? (size_t)(end - at) : 0);
}

bool bg_event_raises(struct bg_bytes event, struct bg_taint *taint) {
  enum bg_level level;
  int64_t since;
  int64_t by;
  if (bg_level_parse(bg_event_text(event, ",\"level\":\""), &level) != BG_OK ||
      bg_parse_time(bg_event_text(event, ",\"time\":\""), &since) != BG_OK ||
      bg_parse_time(bg_event_text(event, ",\"by\":\""), &by) != BG_OK) {
    return false;
  }
  if (bg_bytes_is(bg_event_text(event, ",\"cause\":\""), AGE_CAUSE)) {
    bg_taint_age(taint, level, since, by);
  } else {
    bg_taint_raise(taint, level, since, by);
  }
  return true;
}

bool bg_event_has_number(struct bg_bytes event, int64_t number) {
  char text[64];
  int len = snprintf(text, sizeof text, ",\"number\":%" PRId64 ",\"previous\":", number);
  const struct bg_bytes body = bg_event_unsealed(event);
  const struct bg_bytes seal = bg_bytes(event.data + body.len, event.len - body.len);
  return event.len > 3 && memcmp(event.data + event.len - 3, "}}\n", 3) == 0 &&
         memmem(seal.data, seal.len, text, (size_t)len) != NULL;
}

struct bg_bytes bg_event_unsealed(struct bg_bytes event) {
  const uint8_t *seal = memmem(event.data, event.len, SEAL, sizeof SEAL - 1);
  return seal != NULL ? bg_bytes(event.data, (size_t)(seal - event.data)) : event;
}

void bg_event_hash(struct bg_bytes event, uint8_t ret_hash[static BG_EVENT_HASH_SIZE]) {
  (void)crypto_generichash(ret_hash, BG_EVENT_HASH_SIZE, event.data, event.len, NULL, 0);
}
