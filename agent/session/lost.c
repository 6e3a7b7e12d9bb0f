/* SPDX-License-Identifier: BSD-2-Clause */
/* Sessions that went down with the host: no grant survives a boot, so the events alone tell of
 * them. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "breakglass/event_glance.h"
#include "breakglass/gate.h"
#include "breakglass/json_read.h"
#include "breakglass/text.h"
#include "sessions.h"

#define LOST_MAX 64 /* that one call records */

/* What the events say of one token id. */
struct trace {
  uint8_t token_id[BG_TOKEN_ID_SIZE];
  int64_t number;     /* of the first that does; 0: not known */
  bool opened_before; /* in an earlier boot */
  bool closed;        /* or opened in this one */
  bool taken;
};

struct traces {
  char boot_id[BG_BOOT_ID_SIZE];
  struct trace *items;
  size_t count, room;
  int64_t last, hole; /* of the numbers: nobody knows of a session that began before the hole */
  bool out_of_memory;
};

static bool add(struct traces *traces, const struct trace *trace) {
  if (traces->count == traces->room) {
    size_t room = traces->room > 0 ? 2 * traces->room : 256;
    struct trace *grown = reallocarray(traces->items, room, sizeof *grown);
    if (grown == NULL) {
      traces->out_of_memory = true;
      return false;
    }
    traces->items = grown;
    traces->room = room;
  }
  traces->items[traces->count++] = *trace;
  return true;
}

/* A number under which nothing is, or nothing that says of whom it was, may have been the end of
 * any session that began before it. */
static void note_hole(struct traces *traces, const struct bg_stored_event *event, bool is_session) {
  if (event->number > traces->last + 1 ||
      (event->number > 0 && event->place == BG_EVENT_DROPPED && !is_session)) {
    traces->hole = event->number;
  }
  traces->last = event->number > traces->last ? event->number : traces->last;
}

/* One that does not say its boot counts as of this one: rather one event too few. */
static bool keep_trace(void *context, const struct bg_stored_event *event) {
  struct traces *traces = context;
  struct bg_event_glance glance;
  const bool is_session = bg_event_glance(event->bytes, &glance);
  note_hole(traces, event, is_session);
  if (!is_session) {
    return true;
  }
  struct trace trace = {.number = event->number};
  memcpy(trace.token_id, glance.token_id, BG_TOKEN_ID_SIZE);
  trace.opened_before = glance.opened && glance.boot_id.len == BG_BOOT_ID_SIZE - 1 &&
                        !bg_bytes_is(glance.boot_id, traces->boot_id);
  trace.closed = !trace.opened_before;
  return add(traces, &trace);
}

static int by_token(const void *a, const void *b) {
  return memcmp(((const struct trace *)a)->token_id, ((const struct trace *)b)->token_id,
                BG_TOKEN_ID_SIZE);
}

/* Leaves those of the sessions that were lost, each once, sorted. */
static void keep_lost(struct traces *traces) {
  size_t kept = 0;
  if (traces->count > 0) {
    qsort(traces->items, traces->count, sizeof *traces->items, by_token);
  }
  for (size_t i = 0; i < traces->count;) {
    struct trace trace = traces->items[i];
    for (; i < traces->count && by_token(&trace, &traces->items[i]) == 0; i++) {
      trace.opened_before = trace.opened_before || traces->items[i].opened_before;
      trace.closed = trace.closed || traces->items[i].closed;
      trace.number =
          traces->items[i].number < trace.number ? traces->items[i].number : trace.number;
    }
    if (trace.opened_before && !trace.closed && trace.number >= traces->hole) {
      traces->items[kept++] = trace;
    }
  }
  traces->count = kept;
}

struct lost {
  const struct traces *traces;
  struct bg_session sessions[LOST_MAX];
  size_t count;
};

static bool copy(const json_t *object, const char *key, size_t cap, char *ret_text) {
  const char *text = json_text_of(object, key);
  return text != NULL && bg_bytes_to_text(bg_bytes_of(text), cap, ret_text) == BG_OK;
}

/* Null is the empty text. */
static bool copy_optional(const json_t *object, const char *key, size_t cap, char *ret_text) {
  ret_text[0] = '\0';
  return json_is_null(json_object_get(object, key)) || copy(object, key, cap, ret_text);
}

static bool read_texts(const json_t *object, struct bg_session *session) {
  return copy(object, "issuer", sizeof session->issuer, session->issuer) &&
         copy(object, "subject", sizeof session->subject, session->subject) &&
         copy(object, "login", sizeof session->login, session->login) &&
         copy(object, "reason", sizeof session->reason, session->reason) &&
         copy(object, "service", sizeof session->service, session->service) &&
         copy_optional(object, "source", sizeof session->source, session->source) &&
         copy_optional(object, "tty", sizeof session->tty, session->tty);
}

static bool read_approvers(const json_t *object, struct bg_session *session) {
  const json_t *approvers = json_object_get(object, "approvers");
  size_t count = json_array_size(approvers);
  if (!json_is_array(approvers) || count > BG_SIGNATURES_MAX) {
    return false;
  }
  for (size_t i = 0; i < count; i++) {
    const char *name = json_string_value(json_array_get(approvers, i));
    if (name == NULL ||
        bg_bytes_to_text(bg_bytes_of(name), BG_NAME_SIZE, session->approvers[i]) != BG_OK) {
      return false;
    }
  }
  session->approver_count = count;
  return true;
}

static bool says(const json_t *data, const char *key, const char *value) {
  const char *text = json_text_of(data, key);
  return text != NULL && strcmp(text, value) == 0;
}

static bool read_session(const json_t *data, struct bg_session *session) {
  const json_t *object = json_object_get(data, "session");
  const char *level = json_text_of(data, "level");
  session->by_issuer = json_is_true(json_object_get(object, "issuer_signed"));
  session->clock_trusted = says(data, "clock", "trusted");
  session->audit_available = says(data, "audit", "available");
  session->revocations_fresh = says(data, "revocations", "fresh");
  session->issued_at = json_time_of(object, "issued_at");
  session->accepted = json_time_of(object, "accepted");
  session->deadline = json_time_of(object, "deadline");
  return level != NULL && bg_level_parse(bg_bytes_of(level), &session->level) == BG_OK &&
         read_texts(object, session) && read_approvers(object, session) && session->deadline > 0;
}

static void take(struct lost *lost, struct trace *trace, struct bg_bytes event) {
  struct bg_session session = {0};
  json_t *root = json_read(event);
  memcpy(session.token_id, trace->token_id, BG_TOKEN_ID_SIZE);
  if (json_is_clean(root) && read_session(json_object_get(root, "data"), &session)) {
    trace->taken = true;
    lost->sessions[lost->count++] = session;
  }
  json_decref(root);
}

static bool keep_session(void *context, const struct bg_stored_event *event) {
  struct lost *lost = context;
  struct bg_event_glance glance;
  struct trace key = {0};
  if (!bg_event_glance(event->bytes, &glance) || !glance.opened) {
    return true;
  }
  memcpy(key.token_id, glance.token_id, BG_TOKEN_ID_SIZE);
  struct trace *found =
      bsearch(&key, lost->traces->items, lost->traces->count, sizeof key, by_token);
  if (found != NULL && !found->taken) {
    take(lost, found, event->bytes);
  }
  return lost->count < LOST_MAX;
}

static void say(const struct sessions_config *config, const struct bg_session *session) {
  char text[384];
  (void)snprintf(text, sizeof text, "a session of %s (%s) went down with the host: it is closed",
                 session->subject, session->login);
  if (config->log != NULL) {
    config->log(config->context, text);
  }
}

static enum bg_error record(const struct sessions_config *config, const struct lost *lost) {
  enum bg_error err = BG_OK;
  for (size_t i = 0; err == BG_OK && i < lost->count; i++) {
    struct bg_grant grant = {.session = lost->sessions[i],
                             .state = BG_GRANT_ACCEPTED, /* whether it was opened is not known */
                             .audit_session = BG_NO_AUDIT_SESSION};
    say(config, &grant.session);
    err = bg_gate_record_end(config->host, config->longest_tainted, &grant, BG_ENDED_REBOOT);
    if (err == BG_OK) { /* one that was not recorded comes again */
      bg_gate_audit_closed(&grant);
    }
  }
  return err;
}

static enum bg_error record_lost(const struct sessions_config *config, const struct traces *traces,
                                 bool *ret_more) {
  struct lost *lost = calloc(1, sizeof *lost);
  if (lost == NULL) {
    return BG_ERR_NOMEM;
  }
  lost->traces = traces;
  enum bg_error err = bg_events_each(keep_session, lost);
  if (err == BG_OK) {
    err = record(config, lost);
  }
  if (err == BG_OK) {
    *ret_more = lost->count == LOST_MAX && traces->count > LOST_MAX;
  }
  free(lost);
  return err;
}

enum bg_error sessions_close_lost(const struct sessions_config *config, bool *ret_more) {
  struct traces traces = {0};
  enum bg_error err = bg_boot_id(traces.boot_id);
  if (err == BG_OK) {
    err = bg_events_each(keep_trace, &traces);
  }
  if (err == BG_OK && traces.out_of_memory) {
    err = BG_ERR_NOMEM;
  }
  if (err == BG_OK) {
    keep_lost(&traces);
    *ret_more = false;
    err = traces.count > 0 ? record_lost(config, &traces, ret_more) : BG_OK;
  }
  free(traces.items);
  return err;
}
