/* SPDX-License-Identifier: BSD-2-Clause */
/* A request as the ledger keeps it. */
#ifndef SIGNER_DESK_RECORD_H
#define SIGNER_DESK_RECORD_H

#include <jansson.h>

#include "../ledger/ledger.h"
#include "caller.h"

/* {"view": what is answered, "payload", "call", "wait", "needs", "holder", "signatures"} */
struct record {
  json_t *root; /* NULL: it is a text elsewhere */
  char id[LEDGER_ID_SIZE];
  enum ledger_state state;
  char subject[LEDGER_NAME_SIZE];
  int64_t created, approve_by, expires;
  char *answer; /* JSON: token and certificate; heap, NULL before the issue */
};

json_t *record_call(const struct caller *caller); /* the call, as evidence; NULL: too long */
enum bg_error record_load(struct ledger *ledger, const char *id, struct record *ret_record);
enum bg_error record_put(struct ledger *ledger, const struct record *record);
/* The same with its root as JSON, instead of the tree. */
enum bg_error record_put_text(struct ledger *ledger, const struct record *record, const char *root);
void record_free(struct record *record);
/* What is answered at this time; a new reference. */
json_t *record_view(const struct record *record, int64_t now);
/* "waiting", "issued", "denied" or "expired" */
const char *record_state(const struct record *record, int64_t now);
bool record_is_open(const struct record *record, int64_t now);
/* The needs as the rules take them. */
void record_decision(const struct record *record, struct bg_issuing_decision *ret_decision);
/* Writes anew for whom it waits. How many approvals are missing. Under the book's lock. */
unsigned record_count(const struct record *record, const struct bg_issuing *issuing);
/* Forgets approvals by keys that are no longer their people's. Under the book's lock. */
void record_drop_untrusted(const struct record *record, const struct bg_trusted_signers *signers);
/* Whether the value is this key's signature over the request's claims. */
bool record_is_signed(const struct record *record, const struct bg_ssh_key *key,
                      struct bg_bytes value);
enum bg_error record_payload(const struct record *record, uint8_t *bytes, size_t cap,
                             struct bg_bytes *ret_payload);

enum bg_error json_read_base64url(const json_t *value, uint8_t *bytes, size_t cap,
                                  struct bg_bytes *ret_bytes);

/* Appends an entry of these members to the chain; takes fields. */
enum bg_error append_entry(struct ledger *ledger, const char *kind, json_t *fields);
/* The same of a JSON object that json_write() has made; NULL is BG_ERR_NOMEM. */
enum bg_error append_text(struct ledger *ledger, const char *kind, const char *object);

#endif
