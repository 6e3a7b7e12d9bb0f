/* SPDX-License-Identifier: BSD-2-Clause */
/* A new request in words, written at once and not as a tree: most requests are asked for, issued,
 * and never looked at again. */
#include <config.h>

#include "request_text.h"

#include "exchange.h"

#include <stdlib.h>

#include "breakglass/call_json.h"
#include "breakglass/json.h"

/* All that a record has more than its entry, which has fitted into a line, was part of the call. */
#define RECORD_MAX ((size_t)3 * LEDGER_LINE_MAX)

struct words {
  const struct caller *caller;
  const struct bg_ask *ask;
  const struct bg_issuing_decision *decision;
  const struct record *record;
  struct bg_bytes payload;
};

static const char *or_null(const char *text) {
  return text[0] != '\0' ? text : NULL;
}

/* Each need, and who has approved so far if with_people: nobody. */
static void put_needs(struct bg_json *json, const char *key,
                      const struct bg_issuing_decision *decision, bool with_people) {
  bg_json_array(json, key);
  for (size_t i = 0; i < decision->need_count; i++) {
    bg_json_object(json, NULL);
    bg_json_text(json, "group", decision->needs[i].group);
    bg_json_int(json, "count", decision->needs[i].count);
    if (with_people) {
      bg_json_int(json, "have", 0);
      bg_json_array(json, "people");
      bg_json_end_array(json);
    }
    bg_json_end_object(json);
  }
  bg_json_end_array(json);
}

static void put_nobody(struct bg_json *json, const char *key) {
  bg_json_array(json, key);
  bg_json_end_array(json);
}

static void put_view(struct bg_json *json, const char *key, const struct words *words) {
  const struct bg_ask *ask = words->ask;
  const struct bg_issuing_decision *decision = words->decision;
  const struct record *record = words->record;
  bg_json_object(json, key);
  bg_json_text(json, "id", record->id);
  bg_json_text(json, "state", record_state(record, record->created));
  bg_json_text(json, "subject", record->subject);
  bg_json_text(json, "for", ask->console ? "console" : "ssh");
  bg_json_texts(json, "hosts", decision->hosts, sizeof decision->hosts[0], decision->host_count);
  bg_json_text(json, "group", or_null(ask->group));
  bg_json_text(json, "login", ask->login);
  bg_json_text(json, "reason", ask->reason);
  bg_json_int(json, "window", ask->window);
  bg_json_int(json, "max", ask->longest);
  bg_json_text(json, "level", bg_level_name(decision->level));
  bg_json_text(json, "rule", decision->rule);
  bg_json_int(json, "created", record->created);
  bg_json_int(json, "approve_by", record->approve_by);
  bg_json_int(json, "expires", record->expires);
  put_needs(json, "waits_for", decision, true);
  put_nobody(json, "approvals");
  bg_json_null(json, "denial");
  bg_json_end_object(json);
}

static void put_call(struct bg_json *json, const struct words *words) {
  const struct caller *caller = words->caller;
  bg_call_put_json(json, "call", &caller->call, bg_bytes(caller->blob, caller->blob_len));
}

static void put_entry(struct bg_json *json, const struct words *words) {
  bg_json_object(json, NULL);
  bg_json_text(json, "request", words->record->id);
  bg_json_text(json, "subject", words->record->subject);
  bg_json_text(json, "rule", words->decision->rule);
  put_call(json, words);
  bg_json_base64(json, "payload", words->payload, BG_BASE64URL);
  bg_json_end_object(json);
}

static void put_record(struct bg_json *json, const struct words *words) {
  bg_json_object(json, NULL);
  put_view(json, "view", words);
  bg_json_base64(json, "payload", words->payload, BG_BASE64URL);
  put_call(json, words);
  bg_json_int(json, "wait", words->decision->approval_wait);
  put_needs(json, "needs", words->decision, false);
  bg_json_text(json, "holder", words->ask->console ? NULL : words->ask->holder_line);
  put_nobody(json, "signatures");
  bg_json_end_object(json);
}

static void put_answer(struct bg_json *json, const struct words *words) {
  put_view(json, NULL, words);
}

static enum bg_error write_text(void (*put)(struct bg_json *json, const struct words *words),
                                const struct words *words, size_t max, char **ret_text) {
  char bytes[RECORD_MAX];
  struct bg_buf buf = {.data = (uint8_t *)bytes, .cap = max};
  struct bg_json json = bg_json_writer(&buf);
  put(&json, words);
  if (buf.failed) {
    return BG_ERR_TOO_LARGE;
  }
  *ret_text = json_copy_text(&buf);
  return *ret_text != NULL ? BG_OK : BG_ERR_NOMEM;
}

enum bg_error request_text_write(const struct caller *caller, const struct bg_ask *ask,
                                 const struct bg_issuing_decision *decision,
                                 struct bg_bytes payload, const struct record *record,
                                 struct request_text *ret_text) {
  const struct words words = {caller, ask, decision, record, payload};
  struct request_text text = {0};
  enum bg_error err = write_text(put_entry, &words, LEDGER_LINE_MAX, &text.entry);
  if (err == BG_OK) {
    err = write_text(put_record, &words, RECORD_MAX, &text.record);
  }
  if (err == BG_OK) {
    err = write_text(put_answer, &words, RECORD_MAX, &text.view);
  }
  if (err != BG_OK) {
    request_text_free(&text);
    return err;
  }
  *ret_text = text;
  return BG_OK;
}

void request_text_free(struct request_text *text) {
  free(text->entry);
  free(text->record);
  free(text->view);
  *text = (struct request_text){0};
}
