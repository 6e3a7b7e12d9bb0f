/* SPDX-License-Identifier: BSD-2-Clause */
/* A request as the ledger keeps it: JSON that this service alone has written. */
#include <config.h>

#include "record.h"

#include <stdlib.h>
#include <string.h>

#include "breakglass/call_json.h"
#include "breakglass/host_clock.h"
#include "breakglass/json_read.h"
#include "breakglass/json_write.h"

enum bg_error json_read_base64url(const json_t *value, uint8_t *bytes, size_t cap,
                                  struct bg_bytes *ret_bytes) {
  struct bg_buf buf = {.data = bytes, .cap = cap};
  enum bg_error err = bg_parse_base64(bg_bytes_of(json_string_value(value)), BG_BASE64URL, &buf);
  if (err == BG_OK) {
    *ret_bytes = bg_buf_view(&buf);
  }
  return err;
}

json_t *record_call(const struct caller *caller) {
  char bytes[LEDGER_LINE_MAX];
  struct bg_buf buf = BG_BUF(bytes);
  struct bg_json json = bg_json_writer(&buf);
  bg_call_put_json(&json, NULL, &caller->call, bg_bytes(caller->blob, caller->blob_len));
  return json_read(bg_buf_view(&buf)); /* nothing, if it failed, is no JSON */
}

static bool copy_request(void *context, const struct ledger_request *request) {
  struct record *record = context;
  record->state = request->state;
  record->created = request->created;
  record->approve_by = request->approve_by;
  record->expires = request->expires;
  bg_text_fit(sizeof record->id, record->id, request->id);
  bg_text_fit(sizeof record->subject, record->subject, request->subject);
  record->root = json_read(request->record);
  record->answer = request->answer.len > 0
                       ? strndup((const char *)request->answer.data, request->answer.len)
                       : NULL;
  return false;
}

enum bg_error record_load(struct ledger *ledger, const char *id, struct record *ret_record) {
  memset(ret_record, 0, sizeof *ret_record);
  enum bg_error err = ledger_request_get(ledger, id, copy_request, ret_record);
  return err == BG_OK && ret_record->root == NULL ? BG_ERR_IO : err;
}

enum bg_error record_put_text(struct ledger *ledger, const struct record *record,
                              const char *root) {
  struct ledger_request request = {.state = record->state,
                                   .created = record->created,
                                   .approve_by = record->approve_by,
                                   .expires = record->expires,
                                   .record = bg_bytes_of(root),
                                   .answer = bg_bytes_of(record->answer)};
  bg_text_fit(sizeof request.id, request.id, record->id);
  bg_text_fit(sizeof request.subject, request.subject, record->subject);
  return root != NULL ? ledger_request_put(ledger, &request) : BG_ERR_NOMEM;
}

enum bg_error record_put(struct ledger *ledger, const struct record *record) {
  char *root = json_write(record->root);
  enum bg_error err = record_put_text(ledger, record, root);
  free(root);
  return err;
}

void record_free(struct record *record) {
  json_decref(record->root);
  free(record->answer);
  record->root = NULL;
  record->answer = NULL;
}

const char *record_state(const struct record *record, int64_t now) {
  switch (record->state) {
  case LEDGER_WAITING:
    return now > record->approve_by ? "expired" : "waiting";
  case LEDGER_ISSUED:
    return now > record->expires ? "expired" : "issued";
  case LEDGER_DENIED:
    break;
  }
  return "denied";
}

json_t *record_view(const struct record *record, int64_t now) {
  json_t *view = json_copy(json_object_get(record->root, "view"));
  (void)json_object_set_new(view, "state", json_string(record_state(record, now)));
  return view;
}

bool record_is_open(const struct record *record, int64_t now) {
  return record->state == LEDGER_WAITING && now <= record->approve_by;
}

void record_decision(const struct record *record, struct bg_issuing_decision *ret_decision) {
  memset(ret_decision, 0, sizeof *ret_decision);
  const json_t *view = json_object_get(record->root, "view");
  bg_text_fit(sizeof ret_decision->rule, ret_decision->rule, json_text_of(view, "rule"));
  size_t i = 0;
  const json_t *need = NULL;
  json_array_foreach(json_object_get(record->root, "needs"), i, need) {
    if (i == BG_NEEDS_MAX) {
      break;
    }
    bg_text_fit(BG_NAME_SIZE, ret_decision->needs[i].group, json_text_of(need, "group"));
    ret_decision->needs[i].count = (unsigned)json_integer_value(json_object_get(need, "count"));
    ret_decision->need_count = i + 1;
  }
}

static json_t *people_of(const struct bg_issuing *issuing, const char *group,
                         const char *const *people, size_t count) {
  json_t *names = json_array();
  for (size_t i = 0; i < count; i++) {
    if (bg_issuing_is_member(issuing, group, people[i])) {
      (void)json_array_append_new(names, json_string(people[i]));
    }
  }
  return names;
}

/* The approval and its signature stand at the same place of two lists. */
static bool is_trusted(const struct bg_trusted_signers *signers, const json_t *signature) {
  struct bg_ssh_key key;
  const char *line = json_text_of(signature, "key");
  const char *by = json_text_of(signature, "by");
  if (line == NULL || by == NULL || bg_ssh_key_from_line(bg_bytes_of(line), &key) != BG_OK) {
    return false;
  }
  const char *principal = caller_principal(signers, &key, BG_ROLE_APPROVER, NULL);
  return principal != NULL && strcmp(principal, by) == 0;
}

void record_drop_untrusted(const struct record *record, const struct bg_trusted_signers *signers) {
  json_t *approvals = json_object_get(json_object_get(record->root, "view"), "approvals");
  json_t *signatures = json_object_get(record->root, "signatures");
  for (size_t i = json_array_size(signatures); i > 0; i--) {
    if (!is_trusted(signers, json_array_get(signatures, i - 1))) {
      (void)json_array_remove(signatures, i - 1);
      (void)json_array_remove(approvals, i - 1);
    }
  }
}

bool record_is_signed(const struct record *record, const struct bg_ssh_key *key,
                      struct bg_bytes value) {
  uint8_t bytes[BG_TOKEN_BYTES_MAX];
  uint8_t header[32];
  struct bg_bytes payload;
  struct bg_buf protected = BG_BUF(header);
  if (record_payload(record, bytes, sizeof bytes, &payload) != BG_OK ||
      bg_token_protected(key, &protected) != BG_OK) {
    return false;
  }
  const struct bg_signature signature = {
      .protected = bg_buf_view(&protected), .value = value, .type = key->type};
  return bg_token_signature_is_good(&signature, key, payload);
}

unsigned record_count(const struct record *record, const struct bg_issuing *issuing) {
  const char *people[BG_SIGNATURES_MAX];
  unsigned missing[BG_NEEDS_MAX] = {0};
  struct bg_issuing_decision decision;
  json_t *view = json_object_get(record->root, "view");
  json_t *waits = json_array();
  const json_t *approval = NULL;
  size_t i = 0;
  size_t count = 0;
  record_decision(record, &decision);
  json_array_foreach(json_object_get(view, "approvals"), i, approval) {
    if (count < BG_SIGNATURES_MAX) {
      people[count++] = json_text_of(approval, "by");
    }
  }
  unsigned total = 0;
  (void)bg_issuing_is_approved(issuing, &decision, record->subject, people, count, missing);
  for (i = 0; i < decision.need_count; i++) {
    const struct bg_issuing_need *need = &decision.needs[i];
    total += missing[i];
    (void)json_array_append_new(waits, json_pack("{s:s, s:i, s:i, s:o}", "group", need->group,
                                                 "count", (int)need->count, "have",
                                                 (int)(need->count - missing[i]), "people",
                                                 people_of(issuing, need->group, people, count)));
  }
  (void)json_object_set_new(view, "waits_for", waits);
  return total;
}

enum bg_error record_payload(const struct record *record, uint8_t *bytes, size_t cap,
                             struct bg_bytes *ret_payload) {
  return json_read_base64url(json_object_get(record->root, "payload"), bytes, cap, ret_payload);
}

enum bg_error append_text(struct ledger *ledger, const char *kind, const char *object) {
  /* Without its braces. */
  return object != NULL
             ? ledger_append(ledger, bg_clock_now(), kind, bg_bytes(object + 1, strlen(object) - 2))
             : BG_ERR_NOMEM;
}

enum bg_error append_entry(struct ledger *ledger, const char *kind, json_t *fields) {
  char *text = json_write(fields);
  json_decref(fields);
  enum bg_error err = append_text(ledger, kind, text);
  free(text);
  return err;
}
