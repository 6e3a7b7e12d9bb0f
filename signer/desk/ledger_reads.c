/* SPDX-License-Identifier: BSD-2-Clause */
/* GET /v1/ledger/entries and /v1/ledger/checkpoint: docs/PROTOCOL.signer.md, sections 4 and 5. */
#include <config.h>

#include "caller.h"
#include "routes.h"

#include <stdlib.h>
#include <string.h>

#include "breakglass/note.h"
#include "breakglass/text.h"

#define ENTRIES_DEFAULT 100
#define ENTRIES_MAX 1000
#define BYTES_MAX ((size_t)4 * 1024 * 1024)

struct page {
  char *bytes;
  size_t len;
};

/* As many as fit: whoever wants more asks from the next number on. */
static bool add_line(void *context, int64_t number, struct bg_bytes line) {
  struct page *page = context;
  (void)number;
  if (page->len + line.len + 1 > BYTES_MAX) {
    return false;
  }
  memcpy(page->bytes + page->len, line.data, line.len);
  page->len += line.len;
  page->bytes[page->len++] = '\n';
  return true;
}

static bool take_page(struct http_exchange *exchange, int64_t *ret_from, int64_t *ret_limit) {
  const char *from = http_query(exchange, "from");
  const char *limit = http_query(exchange, "limit");
  *ret_from = 1;
  *ret_limit = ENTRIES_DEFAULT;
  bool good =
      (from == NULL || bg_parse_uint(bg_bytes_of(from), 1, INT64_MAX, ret_from) == BG_OK) &&
      (limit == NULL || bg_parse_uint(bg_bytes_of(limit), 1, ENTRIES_MAX, ret_limit) == BG_OK);
  if (!good) {
    http_problem(exchange, 400, "bad-request", "from: a number from 1 on; limit: 1 to 1000");
  }
  return good;
}

/* Requesters see their requests; who signs or approves sees the record. */
static bool is_auditor(struct http_exchange *exchange, const struct caller *caller) {
  bool allowed = (caller->roles & (BG_ROLE_APPROVER | BG_ROLE_ISSUER)) != 0;
  if (!allowed) {
    http_problem(exchange, 403, "not-allowed", "the ledger is for approvers");
  }
  return allowed;
}

void get_entries(struct http_exchange *exchange, void *context) {
  struct desk *desk = context;
  struct caller caller;
  int64_t from = 0;
  int64_t limit = 0;
  if (!take_page(exchange, &from, &limit) || !caller_identify_reader(desk, exchange, &caller) ||
      !is_auditor(exchange, &caller)) {
    return;
  }
  struct page page = {.bytes = malloc(BYTES_MAX)};
  enum bg_error err = BG_ERR_NOMEM;
  if (page.bytes != NULL) {
    struct ledger *ledger = readers_take(&desk->readers);
    err = ledger_entries(ledger, from, (size_t)limit, add_line, &page);
    readers_give(&desk->readers, ledger);
  }
  if (err == BG_OK) {
    http_answer(exchange, 200, "application/jsonl", bg_bytes(page.bytes, page.len));
  } else {
    http_problem(exchange, 503, "unavailable", "the ledger cannot be read now");
  }
  free(page.bytes);
}

static enum bg_error put_note(const struct desk *desk, const struct bg_checkpoint *checkpoint,
                              struct bg_buf *note) {
  uint8_t signature[BG_SIGNATURE_MAX];
  size_t len = 0;
  bg_note_put_text(checkpoint, note);
  enum bg_error err = bg_signing_key_sign(desk->issuer, bg_buf_view(note), signature, &len);
  if (err == BG_OK) {
    bg_note_put_signature(checkpoint->issuer, bg_signing_key_public(desk->issuer),
                          bg_bytes(signature, len), note);
  }
  return err == BG_OK && note->failed ? BG_ERR_TOO_LARGE : err;
}

void get_checkpoint(struct http_exchange *exchange, void *context) {
  struct desk *desk = context;
  struct caller caller;
  struct bg_checkpoint checkpoint = {0};
  uint8_t bytes[BG_NOTE_MAX];
  struct bg_buf note = BG_BUF(bytes);
  if (!caller_identify_reader(desk, exchange, &caller) || !is_auditor(exchange, &caller)) {
    return;
  }
  struct ledger *ledger = readers_take(&desk->readers);
  enum bg_error err = ledger_head(ledger, &checkpoint.number, checkpoint.hash);
  readers_give(&desk->readers, ledger);
  if (err == BG_OK) {
    bg_text_fit(sizeof checkpoint.issuer, checkpoint.issuer, desk->settings.name);
    err = put_note(desk, &checkpoint, &note);
  }
  if (err == BG_OK) {
    http_answer(exchange, 200, "text/plain; charset=utf-8", bg_buf_view(&note));
  } else {
    http_problem(exchange, 503, "unavailable", "the checkpoint cannot be made now");
  }
}
